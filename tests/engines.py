"""The longest sweeps are shared out between the two engines: what one run leaves out the other asks, and both together
are whole. XITUN_TEST_ALL=1 asks everything in one run."""

import os

import pytest

POSTGRES = bool(os.environ.get("DATABASE_URL"))
ALL = bool(os.environ.get("XITUN_TEST_ALL"))


def ours(cases):
    """The half of `cases` that this engine asks."""
    return list(cases) if ALL else list(cases)[POSTGRES::2]


# For what no engine changes, and what takes long.
once_on_sqlite = pytest.mark.skipif(POSTGRES and not ALL, reason="asked in the run on SQLite")
once_on_postgres = pytest.mark.skipif(not POSTGRES and not ALL, reason="asked in the run on PostgreSQL")
