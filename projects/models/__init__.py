"""The spine: what is owed (Due), what was done (Record and its subjects), what settles what (Discharge), who answered
(Receipt)."""

from .dues import Discharge, Due, PeriodLock, Reminder
from .receipts import Receipt
from .records import Detail, Record, RecordSubject
from .runs import SweepRun

__all__ = ["Detail", "Discharge", "Due", "PeriodLock", "Receipt", "Record", "RecordSubject", "Reminder", "SweepRun"]
