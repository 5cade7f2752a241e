"""The roster import: from the mess of an office's workbook to people in categories.

    columns, vocabulary   what headings and words mean          headers, layout   which rows are people
    branches              what a branch may be called           judge, reasons    accept, warn or refuse, and why
    staging, write        into the database, after a preview

Everything but the last line is pure and works on any table that xitun.lib.readers can read.
"""

from members.roster.judge import judge
from members.roster.layout import read_lines
from xitun.lib.readers import read_workbook

__all__ = ["judge_file"]


def judge_file(source, branches, filename=""):
    """(iterator of judge.Line, list of layout.Skipped that fills while it runs). Raises readers.FileRefused."""
    skipped = []
    return judge(read_lines(read_workbook(source, filename), branches, skipped), branches), skipped
