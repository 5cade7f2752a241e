"""The help-and-education project 帮教工程: key management on dated facts (seed, sixth; DOMAIN 2.6).

Restricted: only the own branch's secretary and authorised town staff see it. The seed's "backward in their thoughts" is
refused as a ground (DOMAIN §5).
"""

from django.utils.translation import gettext_lazy as _

from members.models import Category
from projects.workflow import Cadence, Column, Duty, Kind, Project, Responsible

DUTIES = (
    Duty(
        "talk",
        _("monthly heart-to-heart talk"),
        Cadence.MONTH,
        kinds=("talk",),
        by=Responsible.HELPER,
        source="seed 6; DOMAIN 2.6 [P]",
    ),
    Duty(
        "self_report",
        _("the member's monthly report"),
        Cadence.MONTH,
        kinds=("self_report",),
        by=Responsible.HELPER,
        source="seed 6; DOMAIN 2.6",
    ),
    Duty("review", _("quarterly review of the plan"), Cadence.QUARTER, kinds=("review",), source="DOMAIN 2.6"),
    Duty(
        "plan_task",
        _("task of the help plan"),
        Cadence.OCCASION,
        kinds=("task_done",),
        by=Responsible.HELPER,
        after="plan_task",
        after_field="due_on",
        source="seed 6; DOMAIN 2.6",
    ),
    Duty(
        "term_end",
        _("decision at the end of the term"),
        Cadence.OCCASION,
        kinds=("term_review",),
        by=Responsible.TOWN_STAFF,
        after="help_term",
        after_field="ends_on",
        source="DOMAIN 2.6",
    ),
    Duty(
        "extension_end",
        _("decision at the end of the extension"),
        Cadence.OCCASION,
        kinds=("term_review",),
        by=Responsible.TOWN_STAFF,
        after="term_review",
        after_field="until",
        when=("outcome", "extended"),
        source="DOMAIN 2.6",
    ),
    Duty(
        "appeal",
        _("decision on the appeal"),
        Cadence.OCCASION,
        kinds=("appeal_decision",),
        by=Responsible.TOWN_STAFF,
        after="statement",
        when=("position", "appeals"),
        days=30,
        source="DOMAIN 2.6 [P]",
    ),
)

KINDS = (
    Kind(
        "talk",
        _("heart-to-heart talk"),
        "Talk",
        ("form", "topic", "agreed"),
        prompt=_("What was said"),
        several=True,
        icon="chat-dots",
    ),
    Kind("self_report", _("the member's report"), "SelfReport", ("report",), icon="file-text"),
    Kind("review", _("quarterly review of the plan"), "Review", ("finding", "next_steps"), icon="calendar-check"),
    Kind("fact", _("dated fact"), "DatedFact", ("ground", "occurred_on", "fact", "evidence"), icon="file-text"),
    Kind("notice", _("notice to the member"), "Notice", ("delivered_by", "answer_by"), icon="file-text"),
    Kind("statement", _("the member's statement"), "Statement", ("position", "words"), icon="chat-dots"),
    Kind(
        "appeal_decision", _("decision on the appeal"), "AppealDecision", ("outcome", "reason"), icon="clipboard-check"
    ),
    Kind("helper", _("responsible helper named"), "Helper", ("helper_name", "helper_post"), icon="people"),
    Kind("help_term", _("term of the help"), "HelpTerm", ("starts_on", "ends_on"), icon="calendar3"),
    Kind("plan_task", _("task of the help plan"), "PlanTask", ("measure", "owner", "due_on"), icon="list-check"),
    Kind(
        "task_done",
        _("report on a task of the plan"),
        "TaskDone",
        ("progress", "evidence", "obstacles"),
        icon="clipboard-check",
    ),
    Kind("attendance", _("organisational life"), "Attendance", ("meeting", "presence"), several=True, icon="people"),
    Kind(
        "difficulty", _("difficulty met"), "Difficulty", ("difficulty", "done", "progress"), icon="exclamation-triangle"
    ),
    Kind(
        "visit",
        _("visit on the spot"),
        "Visit",
        ("place", "needs", "brought"),
        prompt=_("What was said and done"),
        icon="house",
    ),
    Kind(
        "term_review",
        _("decision at the end of the term"),
        "TermReview",
        ("outcome", "until", "reason"),
        icon="check-circle",
    ),
)

COLUMNS = (
    Column("name", _("name"), "person.name", width=10),
    Column("fact", _("factual basis"), "last:fact.fact", width=30),
    Column("notified", _("notified on"), "last:notice.happened_on", "date"),
    Column("statement", _("member's own view"), "last:statement.position", width=16),
    Column("helper", _("helper in charge"), "last:helper.helper_name", width=12),
    Column("measure", _("measures"), "last:plan_task.measure", width=28),
    Column("until", _("time limit"), "rule:term_until", "date"),
    Column("talks", _("number of talks"), "total:talk", "number", width=10),
    Column("progress", _("state of completion"), "last:task_done.progress", width=12),
    Column("finding", _("appraisal"), "last:review.finding", width=14),
    Column("released", _("released on"), "rule:released_on", "date"),
)

PROJECT = Project(
    code="key",
    category=Category.BACKWARD,
    name=_("Help-and-education project"),
    management=_("Key management"),
    people=_("Members in help and education"),
    icon="compass",
    duties=DUTIES,
    kinds=KINDS,
    columns=COLUMNS,
    restricted=True,
)
