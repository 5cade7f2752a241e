"""Organisational life common to all 组织生活: 三会一课, theme days, study, talks (DOMAIN 2.0). It has no category: the
branch itself owes it, and its records say who attended."""

from django.utils.translation import gettext_lazy as _

from projects.workflow import Cadence, Column, Duty, Kind, Project, Subject


def _owed(code, name, cadence, *kinds, where="", source):
    return Duty(code, name, cadence, kinds=kinds, subject=Subject.UNIT, where=where, source=source)


RULES = "中国共产党支部工作条例（试行） 11–13 [R]; DOMAIN 2.0"
DUTIES = (
    _owed(
        "general_meeting", _("branch general meeting"), Cadence.QUARTER, "general_meeting", "theme_day", source=RULES
    ),
    _owed(
        "committee_meeting", _("committee meeting"), Cadence.MONTH, "committee_meeting", where="with_committee",
        source=RULES,
    ),
    _owed("group_meeting", _("party group meeting"), Cadence.MONTH, "group_meeting", where="with_groups", source=RULES),
    _owed(
        "party_lecture", _("party lecture"), Cadence.QUARTER, "party_lecture", "theme_day", "general_meeting",
        source=RULES,
    ),
    _owed("theme_day", _("theme day"), Cadence.MONTH, "theme_day", source="条例 16 [R]; DOMAIN 2.0"),
)  # fmt: skip


DECIDED = _("What was said and decided")


def _meeting(code, name, icon, *more, form="RollForm", prompt=DECIDED):
    fields = ("topic", "content", "hours", "host", *more, "place")
    return Kind(code, name, "Meeting", fields, Subject.UNIT, prompt, rows="Attendance", form=form, icon=icon)


KINDS = (
    _meeting("theme_day", _("theme day"), "flag", prompt=_("What was done on the day")),
    _meeting("general_meeting", _("branch general meeting"), "people"),
    _meeting("party_lecture", _("party lecture"), "easel", "lecturer", prompt=_("What it was about")),
    _meeting("committee_meeting", _("committee meeting"), "person-lines-fill", form="CommitteeForm"),
    _meeting("group_meeting", _("party group meeting"), "diagram-2", "group", form="GroupForm"),
    _meeting("study", _("study session"), "book", prompt=_("What was studied")),
    Kind(
        "make_up", _("make-up study"), "MakeUp", ("meeting", "how", "hours"), Subject.UNIT, _("What was studied"),
        rows="Attendance", form="MakeUpForm", icon="arrow-counterclockwise", afterwards=True,
    ),
    Kind(
        "talk", _("heart-to-heart talk"), "Talk", ("form", "topic", "needs", "agreed"), Subject.UNIT,
        _("What was talked about"), people=True, icon="chat-dots",
    ),
    Kind(
        "flexible_study", _("flexible study"), "FlexibleStudy", ("year",), Subject.UNIT, _("How it is arranged"),
        people=True, form="FlexibleForm", icon="book",
    ),
)  # fmt: skip
MEETINGS = tuple(f"life.{kind.code}" for kind in KINDS if kind.model == "Meeting")

COLUMNS = (
    Column("day", _("time"), "record.happened_on", "date", width=12),
    Column("kind", _("type"), "rule:kind", width=14),
    Column("topic", _("topic"), "record.topic", width=30),
    Column("host", _("chaired by"), "record.host", width=10),
    Column("due", _("number due"), "record.due", "number", width=8),
    Column("came", _("number present"), "record.came", "number", width=8),
    Column("leave", _("on leave"), "record.leave", "number", width=8),
    Column("absent", _("absent"), "record.absent", "number", width=8),
    Column("made_up", _("make-up study"), "record.made_up", "number", width=8),
    Column("hours", _("study hours"), "record.hours", "quantity", width=8),
    Column("author", _("recorded by"), "record.author", width=12),
)

PROJECT = Project(
    code="life",
    category="",
    name=_("Organisational life"),
    management=_("Meetings, theme days and study"),
    people=_("Organisational life"),
    duties=DUTIES,
    kinds=KINDS,
    columns=COLUMNS,
    ledger_subject=Subject.UNIT,
    icon="calendar-event",
)
