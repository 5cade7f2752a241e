"""The responsibility project 责任工程: post management of members in service (seed, first; DOMAIN 2.1)."""

from django.utils.translation import gettext_lazy as _

from members.models import Category
from projects.workflow import Cadence, Column, Due, Duty, Kind, Project, Subject

DUTIES = (
    Duty(
        "annual_plan",
        _("annual village goals and work plan"),
        Cadence.YEAR,
        kinds=("annual_plan",),
        subject=Subject.UNIT,
        due=Due(month=1, day=31),
        source="seed 1; DOMAIN 2.1",
    ),
    Duty(
        "weekly_arrangement",
        _("weekly arrangement"),
        Cadence.WEEK,
        kinds=("weekly_arrangement",),
        subject=Subject.UNIT,
        due=Due(day=1),
        source="seed 1; DOMAIN 2.1",
    ),
    Duty(
        "monthly_plan",
        _("monthly plan"),
        Cadence.MONTH,
        kinds=("monthly_plan",),
        subject=Subject.UNIT,
        due=Due(day=5),
        source="seed 1; DOMAIN 2.1 [P] by the 5th",
    ),
    Duty(
        "commitment",
        _("commitment for the year"),
        Cadence.YEAR,
        kinds=("commitment",),
        subject=Subject.POST,
        due=Due(month=1, day=31),
        source="seed 1, early year commitment",
    ),
    Duty(
        "task_report",
        _("task report"),
        Cadence.OCCASION,
        kinds=("task_report",),
        subject=Subject.POST,
        after="month_task",
        after_field="due_on",
        source="seed 1; DOMAIN 2.1",
    ),
    Duty(
        "self_score",
        _("quarterly self-score"),
        Cadence.QUARTER,
        kinds=("self_score",),
        subject=Subject.POST,
        due=Due(workdays_after=5),
        source="DOMAIN 2.1 [P]; DOMAIN §3",
    ),
)

KINDS = (
    Kind(
        "weekly_arrangement",
        _("weekly arrangement"),
        subject=Subject.UNIT,
        prompt=_("What is arranged for this week"),
        prompt_required=True,
        icon="list-check",
    ),
    Kind(
        "monthly_plan",
        _("monthly plan"),
        subject=Subject.UNIT,
        prompt=_("What is planned for this month"),
        prompt_required=True,
        icon="list-check",
    ),
    Kind(
        "annual_plan",
        _("annual village goals and work plan"),
        "AnnualPlan",
        (
            "year",
            "party_building",
            "civilisation",
            "security",
            "industry",
            "consolidation",
            "services",
            "policies",
            "environment",
        ),
        subject=Subject.UNIT,
        prompt=_("Anything else"),
        icon="flag",
    ),
    Kind("commitment", _("commitment for the year"), "Commitment", ("goals",), subject=Subject.POST, icon="award"),
    Kind(
        "list_entry",
        _("entry of the three lists"),
        "ListEntry",
        ("list", "content", "due_on"),
        subject=Subject.POST,
        icon="list-check",
    ),
    Kind(
        "month_task", _("task given"), "MonthTask", ("area", "title", "due_on"), subject=Subject.POST, icon="list-check"
    ),
    Kind(
        "task_report",
        _("task report"),
        "TaskReport",
        ("progress", "evidence", "obstacles"),
        subject=Subject.POST,
        prompt=_("What was done"),
        icon="clipboard-check",
    ),
    Kind(
        "self_score",
        _("quarterly self-score"),
        "SelfScore",
        ("total",),
        subject=Subject.POST,
        prompt=_("What it rests on"),
        prompt_required=True,
        icon="bar-chart",
        afterwards=True,
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
    Column("name", _("name"), "post.holder_name", width=10),
    Column("post", _("post"), "post.title", width=16),
    Column("since", _("in the post since"), "post.from_date", "date"),
    Column("division", _("division of work"), "post.division", width=24),
    Column("goals", _("year's goals"), "last:commitment.goals", width=30),
    Column("plan", _("month's plan"), "last:month_task.title", width=30),
    Column("progress", _("state of completion"), "last:task_report.progress", width=12),
    Column("score", _("quarter's score"), "extra:score", "decimal", width=10),
    Column("pay", _("performance pay"), "extra:pay", "decimal", width=12),
    Column("note", _("note"), "last:task_report.obstacles", width=24),
)

PROJECT = Project(
    code="post",
    category=Category.IN_SERVICE,
    name=_("Responsibility project"),
    management=_("Post management"),
    people=_("Members in service"),
    icon="briefcase",
    duties=DUTIES,
    kinds=KINDS,
    columns=COLUMNS,
    ledger_subject=Subject.POST,
)
