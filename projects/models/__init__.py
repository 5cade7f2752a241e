"""The spine: what is owed (Due), what was done (Record, its subjects and papers), what settles what (Discharge), who
answered (Receipt), what is told of it outside (Message)."""

from .counts import DueCount
from .drafts import Draft
from .dues import Discharge, Due, PeriodLock, Reminder
from .messages import Channel, Message, Snooze
from .old_ledgers import OldLedger
from .papers import Paper
from .receipts import Receipt
from .records import Detail, Record, RecordSubject
from .runs import SweepRun

__all__ = [
    "Channel", "Detail", "Discharge", "Draft", "Due", "DueCount", "Message", "OldLedger", "Paper", "PeriodLock",
    "Receipt", "Record", "RecordSubject", "Reminder", "Snooze", "SweepRun",
]  # fmt: skip
