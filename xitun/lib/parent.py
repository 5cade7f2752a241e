"""Children of run.py stop when it goes: their standard input is a pipe that only it holds open.

The end of that pipe is noticed on every system, also when the parent was killed and could say nothing.
"""

import _thread
import os
import signal
import sys
import threading
import time

GRACE = 15  # seconds to finish what is being done


def watch() -> threading.Thread | None:
    """Start watching when XITUN_WATCH_STDIN is set; it is removed, so that grandchildren do not watch."""
    if not os.environ.pop("XITUN_WATCH_STDIN", ""):
        return None
    thread = threading.Thread(target=_wait_for_the_end, name="parent-watch", daemon=True)
    thread.start()
    return thread


def _wait_for_the_end() -> None:
    try:
        while os.read(sys.stdin.fileno(), 1024):
            pass
    except (OSError, ValueError):
        pass
    if os.name == "nt":
        _thread.interrupt_main()
    else:
        os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
