"""The spine: what is owed (Due), what was done (Record and its subjects), what settles what (Discharge)."""

from .dues import Discharge, Due, PeriodLock, Reminder
from .records import Detail, Record, RecordSubject
from .runs import SweepRun

__all__ = ["Detail", "Discharge", "Due", "PeriodLock", "Record", "RecordSubject", "Reminder", "SweepRun"]
