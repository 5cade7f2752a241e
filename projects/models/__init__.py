"""The spine: what is owed (Due), what was done (Record, its subjects and papers), what settles what (Discharge), who
answered (Receipt)."""

from .drafts import Draft
from .dues import Discharge, Due, PeriodLock, Reminder
from .papers import Paper
from .receipts import Receipt
from .records import Detail, Record, RecordSubject
from .runs import SweepRun

__all__ = [
    "Detail", "Discharge", "Draft", "Due", "Paper", "PeriodLock", "Receipt", "Record", "RecordSubject", "Reminder",
    "SweepRun",
]  # fmt: skip
