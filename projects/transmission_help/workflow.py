"""The residual-warmth project 余热工程: transmission and help by elderly members (seed, fifth; DOMAIN 2.5)."""

from django.utils.translation import gettext_lazy as _

from members.models import Category
from projects.workflow import DEATH, Cadence, Column, Duty, Kind, Project

DUTIES = (
    Duty("visit", _("quarterly visit"), Cadence.QUARTER, kinds=("visit",), source="DOMAIN 2.5 [P]"),
    Duty(
        "condolence_sick",
        _("condolence when sick"),
        Cadence.OCCASION,
        kinds=("condolence",),
        after="sickness",
        days=7,
        source="seed 5; DOMAIN 2.5 [P] within 7 days",
    ),
    Duty(
        "condolence_death",
        _("condolence to the family"),
        Cadence.OCCASION,
        kinds=("family_condolence",),
        after=DEATH,
        days=3,
        source="seed 5; DOMAIN 2.5 [P] within 3 days",
    ),
    Duty(
        "advice_reply",
        _("reply to advice"),
        Cadence.OCCASION,
        kinds=("advice_reply",),
        after="advice",
        days=30,
        source="seed 5; DOMAIN 2.5 [P] within 30 days",
    ),
)

KINDS = (
    Kind(
        "visit",
        _("home visit"),
        "Visit",
        ("place", "needs", "brought"),
        prompt=_("What was said and done"),
        several=True,
        icon="house-heart",
    ),
    Kind("sickness", _("sickness learned of"), "Sickness", ("place", "needs"), icon="bandaid"),
    Kind(
        "condolence",
        _("condolence visit"),
        "Condolence",
        ("place", "needs", "brought"),
        prompt=_("What was said and done"),
        icon="gift",
    ),
    Kind(
        "family_condolence",
        _("condolence to the family"),
        "FamilyCondolence",
        ("place", "needs", "brought"),
        prompt=_("What was said and done"),
        icon="house-heart",
    ),
    Kind("advice", _("advice on village affairs"), "Advice", ("topic", "advice"), icon="lightbulb"),
    Kind("advice_reply", _("reply to advice"), "AdviceReply", ("outcome", "reply"), icon="reply", afterwards=True),
    Kind(
        "profile", _("health and strengths"), "ElderProfile", ("health", "strengths", "lives_alone"), icon="file-text"
    ),
    Kind("group_joined", _("joined an organisation"), "GroupJoined", ("group", "role"), icon="people"),
    Kind("activity", _("activity"), "Activity", ("theme", "what", "audience"), several=True, icon="megaphone"),
    Kind("mentoring", _("mentoring pair"), "Mentoring", ("mentee", "content"), icon="people"),
    Kind(
        "talk",
        _("heart-to-heart talk"),
        "Talk",
        ("form", "topic", "agreed"),
        several=True,
        prompt=_("What was said"),
        icon="chat-dots",
    ),
    Kind("medal", _("medal for fifty years in the Party"), "Medal", ("years",), icon="award"),
)

COLUMNS = (
    Column("name", _("name"), "person.name", width=10),
    Column("age", _("age"), "rule:age", "number", width=8),
    Column("party_age", _("years in the Party"), "rule:party_age", "number", width=8),
    Column("health", _("state of health"), "last:profile.health", width=14),
    Column("strengths", _("strengths"), "last:profile.strengths", width=18),
    Column("group", _("organisations joined"), "last:group_joined.group", width=18),
    Column("advice", _("advice"), "last:advice.advice", width=30),
    Column("mentee", _("mentored members"), "last:mentoring.mentee", width=14),
    Column("care", _("visits and condolences"), "rule:care", "date"),
)

PROJECT = Project(
    code="transmission_help",
    category=Category.ELDERLY,
    name=_("Residual-warmth project"),
    management=_("Transmission-and-help management"),
    people=_("Elderly members"),
    icon="sun",
    duties=DUTIES,
    kinds=KINDS,
    columns=COLUMNS,
)
