"""Units, persons with their dated rows, users with their grants, and the trace of acts."""

from .audit import AuditRow
from .enrolments import Category, Enrolment, Status
from .people import BranchMembership, NameGram, Person, PostHolding, Standing, StandingRow
from .rosters import RosterImport, RosterLine
from .settings import Setting
from .units import Unit
from .users import ApiToken, Device, Role, RoleGrant, SignInSlip, User

__all__ = [
    "ApiToken",
    "AuditRow",
    "BranchMembership",
    "Category",
    "Device",
    "Enrolment",
    "NameGram",
    "Person",
    "PostHolding",
    "Role",
    "RoleGrant",
    "RosterImport",
    "RosterLine",
    "Setting",
    "SignInSlip",
    "Standing",
    "StandingRow",
    "Status",
    "Unit",
    "User",
]
