"""Whatever an office sends: lines with their reasons, or a refusal that says why. Never an exception, little memory."""

import subprocess
import sys
import time
from collections import Counter

import pytest

from xitun.lib.readers import FileRefused

from .corpus import CASES

MOST_SECONDS, MOST_MEGABYTES = 10, 256


def test_it_has_sixty_files_and_more():
    assert len(CASES) >= 60


@pytest.mark.parametrize("name", CASES)
def test_it_gives_each_file_its_outcome(judged, name):
    make, expected, *names = CASES[name]
    content, began = make(), time.process_time()  # of this process: a busy machine proves nothing
    try:
        lines = judged(content, filename=names[0] if names else "a.xlsx")
    except FileRefused as refusal:
        outcome = refusal.code
    else:
        outcome = None
        taken, reasons = expected if isinstance(expected, tuple) else (expected, {})
        assert Counter(code for line in lines for code in line.reasons) == Counter(reasons)
        assert sum(not line.refused for line in lines) == taken
        assert lines or lines.skipped or expected == 0
    assert outcome is None or outcome == expected
    assert time.process_time() - began < MOST_SECONDS


MEASURED = """
import resource, sys
import django
django.setup()
from io import BytesIO
from members.roster import judge_file
from members.roster.branches import Branches
from tests.members.roster.corpus import CASES
from xitun.lib.readers import FileRefused
contents = [CASES[name][0]() for name in sys.argv[1:]]
for part in open("/proc/self/status"):
    if part.startswith("VmRSS"):
        before = int(part.split()[1])
open("/proc/self/clear_refs", "w").write("5")
for content in contents:
    try:
        list(judge_file(BytesIO(content), Branches([(1, "槐树湾村党支部", "")]))[0])
    except FileRefused:
        pass
for part in open("/proc/self/status"):
    if part.startswith("VmHWM"):
        print((int(part.split()[1]) - before) >> 10)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells how much memory was used")
def test_it_needs_little_memory_for_the_nastiest():
    nastiest = ["zip bomb", "zip bomb that lies", "two cells in far corners", "very many columns", "damaged sheet"]
    done = subprocess.run([sys.executable, "-c", MEASURED, *nastiest], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < MOST_MEGABYTES
