"""The roster import: from the mess of an office's workbook to people in categories.

    columns, vocabulary   what headings and words mean          headers, layout   which rows are people
    branches              what a branch may be called           headings          what a person must say of them
    judge, reasons        accept, warn or refuse, and why
    staging, write        into the database, after a preview    mapping, mend     what a person decides before that
    undo                  as if it had not been                 background        large ones, by a worker
    forget                what is kept for some days only

Everything but the last four lines is pure and works on any table that xitun.lib.readers can read.
"""

from members.roster.headers import USUAL
from members.roster.judge import judge
from members.roster.layout import read_lines
from xitun.lib.readers import read_workbook

__all__ = ["judge_file", "judge_sheets"]


def judge_file(source, branches, filename=""):
    """(iterator of judge.Line, list of layout.Skipped that fills while it runs). Raises readers.FileRefused."""
    return judge_sheets(read_workbook(source, filename), branches)


def judge_sheets(sheets, branches, meanings=USUAL):
    """The same of sheets that are open already; `meanings`: what the office said of its headings."""
    skipped = []
    return judge(read_lines(sheets, branches, skipped, meanings), branches), skipped
