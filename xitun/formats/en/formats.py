"""English dates as everywhere in the house: 30 Sep 2026."""

DATE_FORMAT = "j M Y"
