"""Units, persons with their dated rows, users with their grants, and the trace of acts."""

from .absences import Absence
from .audit import AuditRow
from .bulk import BulkAnswer
from .causes import Cause
from .corrections import CorrectionRequest
from .enrolments import Category, Enrolment, Status
from .facts import FactUnknown
from .filters import SavedFilter
from .holidays import Holiday
from .identities import FormerIdentity
from .jobs import Job, Sign
from .merges import Merge
from .people import BranchMembership, NameGram, Person, PostHolding, Standing, StandingRow
from .rosters import ColumnMapping, RosterFormer, RosterImport, RosterLine, RosterPiece
from .settings import Setting
from .suggestions import DismissedSuggestion
from .transfers import Transfer
from .units import Unit
from .users import ApiToken, Device, Role, RoleGrant, SignInSlip, User

__all__ = [
    "Absence",
    "ApiToken",
    "AuditRow",
    "BranchMembership",
    "BulkAnswer",
    "Category",
    "Cause",
    "ColumnMapping",
    "CorrectionRequest",
    "Device",
    "DismissedSuggestion",
    "Enrolment",
    "FactUnknown",
    "FormerIdentity",
    "Holiday",
    "Job",
    "Merge",
    "NameGram",
    "Person",
    "PostHolding",
    "Role",
    "RoleGrant",
    "RosterFormer",
    "RosterImport",
    "RosterLine",
    "RosterPiece",
    "SavedFilter",
    "Setting",
    "Sign",
    "SignInSlip",
    "Standing",
    "StandingRow",
    "Status",
    "Transfer",
    "Unit",
    "User",
]
