"""The problem-solving project 解困工程: a determined person for each member who receives help (seed, fourth;
DOMAIN 2.4). Restricted: only the own branch's secretary and authorised town staff see it."""

from django.utils.translation import gettext_lazy as _

from members.models import Category
from projects.workflow import Cadence, Column, Duty, Kind, Project, Responsible

from .printed import FORMS

DUTIES = (
    Duty(
        "contact",
        _("named helper's contact"),
        Cadence.QUARTER,
        kinds=("contact", "visit"),
        by=Responsible.HELPER,
        source="seed 4; DOMAIN 2.4 [P]",
    ),
    Duty(
        "ledger_update",
        _("update of the information ledger"),
        Cadence.QUARTER,
        kinds=("ledger_update",),
        by=Responsible.HELPER,
        source="seed 4; DOMAIN 2.4 [P]",
    ),
    Duty(
        "condolence",
        _("condolence visit at the festival"),
        Cadence.FESTIVAL,
        kinds=("condolence",),
        festivals=("spring_festival", "july_first"),
        source="seed 4; DOMAIN 2.4 [P]",
    ),
    Duty(
        "yearly_review",
        _("yearly review of the help"),
        Cadence.YEAR,
        kinds=("yearly_review",),
        by=Responsible.TOWN_STAFF,
        source="DOMAIN 2.4",
    ),
)

KINDS = (
    Kind("contact", _("named helper's contact"), "Contact", ("method", "reached", "needs"), icon="telephone"),
    Kind(
        "visit",
        _("home visit"),
        "Visit",
        ("place", "needs", "brought"),
        prompt=_("What was said and done"),
        several=True,
        icon="house-heart",
    ),
    Kind(
        "ledger_update",
        _("update of the information ledger"),
        "LedgerUpdate",
        ("conditions", "effect", "change"),
        icon="list-check",
    ),
    Kind(
        "condolence",
        _("condolence visit at the festival"),
        "Condolence",
        ("place", "needs", "brought"),
        several=True,
        icon="gift",
    ),
    Kind("profile", _("household profile"), "Profile", ("cause", "household", "workers"), icon="file-text"),
    Kind("pairing", _("helper paired up"), "Pairing", ("helper_name", "helper_post"), icon="people"),
    Kind("measure", _("help measure"), "Measure", ("measure", "content", "starts_on"), icon="gift"),
    Kind("stake", _("stake in a cooperative"), "Stake", ("cooperative", "amount"), icon="gift"),
    Kind("dividend", _("dividend"), "Dividend", ("cooperative", "amount"), several=True, icon="gift"),
    Kind("training", _("skills training"), "Training", ("topic", "hours"), several=True, icon="book"),
    Kind("local_job", _("work nearby"), "LocalJob", ("employer", "work", "monthly_income"), icon="briefcase"),
    Kind("aid", _("aid received"), "Aid", ("aid", "what", "amount"), several=True, icon="gift"),
    Kind(
        "talk",
        _("heart-to-heart talk"),
        "Talk",
        ("form", "topic", "agreed"),
        several=True,
        prompt=_("What was said"),
        icon="chat-dots",
    ),
    Kind("yearly_review", _("yearly review of the help"), "YearlyReview", ("outcome", "reason"), icon="calendar-check"),
)

COLUMNS = (
    Column("name", _("name"), "person.name", width=10),
    Column("cause", _("kind of hardship"), "last:profile.cause", width=16),
    Column("household", _("household size"), "last:profile.household", "number", width=10),
    Column("helper", _("responsible helper"), "last:pairing.helper_name", width=12),
    Column("measure", _("help measures"), "last:measure.content", width=28),
    Column("since", _("put into effect on"), "last:measure.starts_on", "date"),
    Column("aid", _("funds and goods"), "last:aid.what", width=20),
    Column("visits", _("visits recorded"), "rule:visits", "date"),
    Column("effect", _("results"), "last:ledger_update.effect", width=24),
    Column("change", _("direction"), "last:ledger_update.change", width=10),
)

PROJECT = Project(
    code="determined_person",
    category=Category.POOR_WEAK,
    name=_("Problem-solving project"),
    management=_("Determined-person management"),
    people=_("Members receiving help"),
    icon="person-heart",
    duties=DUTIES,
    kinds=KINDS,
    columns=COLUMNS,
    forms=FORMS,
    restricted=True,
)
