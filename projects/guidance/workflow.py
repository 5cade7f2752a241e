"""The prosperity project 兴业致富工程: guidance management of members holding no post (seed, second; DOMAIN 2.2)."""

from django.utils.translation import gettext_lazy as _

from members.models import Category
from projects.workflow import Cadence, Column, Duty, Kind, Project

from .printed import FORMS

DUTIES = (
    Duty(
        "card_progress",
        _("quarterly card progress"),
        Cadence.QUARTER,
        kinds=("card_progress",),
        source="seed 2; DOMAIN 2.2",
    ),
    Duty(
        "household_contact",
        _("1+3 contact"),
        Cadence.QUARTER,
        kinds=("household_contact",),
        between=("team_entry", "team_exit"),  # the seed's "1+3" is the leaders' duty, not every member's
        source="seed 2; DOMAIN 2.2 [P]",
    ),
)

KINDS = (
    Kind(
        "card_progress",
        _("quarterly card progress"),
        "CardProgress",
        ("progress", "evidence", "obstacles", "comment"),
        prompt=_("What was done"),
        icon="list-check",
    ),
    Kind(
        "household_contact",
        _("1+3 contact"),
        "HouseholdContact",
        ("households", "number", "help"),
        prompt=_("What was said and done"),
        icon="house-heart",
    ),
    Kind("post_taken", _("service post taken"), "PostTaken", ("post", "duties", "published_on"), icon="briefcase"),
    Kind(
        "card_promise",
        _("promise on a card"),
        "CardPromise",
        ("card", "aspect", "promise", "due_on"),
        icon="check-circle",
    ),
    Kind(
        "team_entry",
        _("joined the three-leaders team"),
        "TeamEntry",
        ("lead", "industry", "entity", "entity_name"),
        icon="people",
    ),
    Kind("team_exit", _("left the three-leaders team"), "TeamExit", ("reason",), icon="people"),
    Kind("support", _("funds and project support"), "Support", ("support", "name", "amount"), icon="gift"),
    Kind(
        "reward",
        _("rewards, sanctions and typical publicity"),
        "Reward",
        ("reward", "fact", "decided_by"),
        icon="award",
    ),
    Kind(
        "contribution",
        _("contribution to the home village"),
        "Contribution",
        ("contribution", "what", "jobs"),
        icon="lightbulb",
    ),
    Kind(
        "talk",
        _("heart-to-heart talk"),
        "Talk",
        ("form", "topic", "agreed"),
        several=True,
        prompt=_("What was said"),
        icon="chat-dots",
    ),
)

COLUMNS = (
    Column("name", _("name"), "person.name", width=10),
    Column("post", _("service post"), "last:post_taken.post", width=16),
    Column("duties", _("responsibilities"), "last:post_taken.duties", width=24),
    Column("promise", _("promises"), "last:card_promise.promise", width=30),
    Column("due", _("to be kept by"), "last:card_promise.due_on", "date"),
    Column("households", _("households in contact"), "last:household_contact.households", width=20),
    Column("progress", _("completion"), "quarters:card_progress", "date"),
    Column("comment", _("branch's evaluation"), "last:card_progress.comment", width=24),
)

PROJECT = Project(
    code="guidance",
    category=Category.UNEMPLOYED,
    name=_("Prosperity project"),
    management=_("Guidance management"),
    people=_("Members holding no post"),
    icon="graph-up-arrow",
    duties=DUTIES,
    kinds=KINDS,
    columns=COLUMNS,
    forms=FORMS,
)
