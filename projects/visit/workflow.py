"""The service project 服务工程: visit management of retired members (seed, seventh; DOMAIN 2.7)."""

from django.utils.translation import gettext_lazy as _

from members.models import Category
from projects.workflow import Cadence, Column, Duty, Kind, Project

DUTIES = (
    Duty("survey", _("yearly survey"), Cadence.YEAR, kinds=("survey",), source="seed 7; DOMAIN 2.7"),
    Duty("visit", _("quarterly visit"), Cadence.QUARTER, kinds=("visit",), source="seed 7; DOMAIN 2.7"),
    Duty(
        "home_study", _("quarterly study at home"), Cadence.QUARTER, kinds=("home_study",), source="seed 7; DOMAIN 2.7"
    ),
    Duty(
        "advice_reply",
        _("reply to advice"),
        Cadence.OCCASION,
        kinds=("advice_reply",),
        after="advice",
        days=30,
        source="seed 7; DOMAIN 2.7, as 2.5 [P] within 30 days",
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
    Kind("home_study", _("study at home"), "HomeStudy", ("form", "topic", "hours"), several=True, icon="book"),
    Kind(
        "survey",
        _("personal information card"),
        "InfoCard",
        (
            "former_post",
            "retired_on",
            "strengths",
            "hobbies",
            "residence",
            "health",
            "health_needs",
            "learning",
            "emergency_contact",
            "willing",
        ),
        icon="file-text",
    ),
    Kind("advice", _("suggestion"), "Advice", ("topic", "advice"), icon="lightbulb"),
    Kind("advice_reply", _("reply to advice"), "AdviceReply", ("outcome", "reply"), icon="reply", afterwards=True),
    Kind("platform_role", _("role on a platform"), "PlatformRole", ("role", "platform"), icon="briefcase"),
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
    Column("former_post", _("former unit and post"), "last:survey.former_post", width=24),
    Column("retired_on", _("retired on"), "last:survey.retired_on", "date"),
    Column("strengths", _("strengths"), "last:survey.strengths", width=18),
    Column("residence", _("place of residence"), "last:survey.residence", width=20),
    Column("health", _("physical condition"), "last:survey.health", width=14),
    Column("willing", _("willing to serve"), "last:survey.willing", width=12),
    Column("visit", _("last visit"), "last:visit.happened_on", "date"),
    Column("home_study", _("last study at home"), "last:home_study.happened_on", "date"),
    Column("advice", _("handling of suggestions"), "last:advice_reply.outcome", width=14),
)

PROJECT = Project(
    code="visit",
    category=Category.RETIRED,
    name=_("Service project"),
    management=_("Visit management"),
    people=_("Retired members"),
    icon="door-open",
    duties=DUTIES,
    kinds=KINDS,
    columns=COLUMNS,
)
