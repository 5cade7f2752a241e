"""The longest sweeps are shared out between the two engines: what one run leaves out the other asks, and both together
are whole. XITUN_TEST_ALL=1 asks everything in one run."""

import os

POSTGRES = bool(os.environ.get("DATABASE_URL"))


def ours(cases):
    """The half of `cases` that this engine asks."""
    return list(cases) if os.environ.get("XITUN_TEST_ALL") else list(cases)[POSTGRES::2]
