"""What takes long is shared out between the two engines: what one run leaves out the other asks, and both together are
whole. XITUN_TEST_ALL=1 asks everything in one run; a file that is named is asked whole wherever it runs.

Acts, sweeps, constraints, counts and properties run on both. Every page is opened on both by the crawls (canary, authz,
hostile); what is asked of a page beyond that, and of the reading of files, runs on one."""

import os
from pathlib import Path

import pytest

POSTGRES = bool(os.environ.get("DATABASE_URL"))
ALL = bool(os.environ.get("XITUN_TEST_ALL"))
ROOT = Path(__file__).parent
SHARED_OUT = (
    "*/views/test_*.py",
    "members/roster/test_*.py",
    "api/test_*.py",
    "assessments/test_*.py",
    "xitun/test_*.py",
)
# What an engine could change, and what shares itself out.
ON_BOTH = {
    f"test_{name}.py"
    for name in (
        "background writing undo summary backup rotate_keys doctor cache settings serve schema mend_sample people dues "
        "record_new records ledger"
    ).split()
}


def ours(cases):
    """The half of `cases` that this engine asks."""
    return list(cases) if ALL else list(cases)[POSTGRES::2]


def left_to_the_other():
    """Paths of the files that this engine leaves to the other: every second one, by size, so that both take as long."""
    files = {path for pattern in SHARED_OUT for path in ROOT.glob(pattern) if path.name not in ON_BOTH}
    return set() if ALL else set(sorted(files, key=lambda path: (path.stat().st_size, path))[not POSTGRES :: 2])


# For what no engine changes, and what takes long.
once_on_sqlite = pytest.mark.skipif(POSTGRES and not ALL, reason="asked in the run on SQLite")
once_on_postgres = pytest.mark.skipif(not POSTGRES and not ALL, reason="asked in the run on PostgreSQL")
