"""Speed, product against a floor or a rival in one run. `python3 run.py bench [--n PEOPLE | --million] [NAME …]`.

Prints one JSON line a case, {"name", "ratio", "goal", "n"}: lower is better, it holds when ratio ≤ goal. The ratio of
the best runs of both sides, taken by turns, says more than seconds do, which belong to the machine. A case whose rival
is not installed says so on standard error and has no line.

The county it runs on is synthetic, in a database made for it and dropped at the end, on the engine of DATABASE_URL or
on SQLite; the installation's own data, keys and broker are never opened.
"""
