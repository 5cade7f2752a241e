"""A synthetic town to look around in: nobody in it exists (ID numbers of region 620000, phones 199…)."""
