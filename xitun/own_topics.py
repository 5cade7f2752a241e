"""What a copy of one's own data tells of, a topic each.

Every table that points at a person is named here, in a topic or in LEFT_OUT with its reason; a test holds the product
to it. What belongs to others stays out: a record about several people does not name them, and a confidential one about
several is not in it, as on the person's own page.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.looks import looks_of, told
from members.models import (
    Absence,
    CorrectionRequest,
    DismissedSuggestion,
    Enrolment,
    FormerIdentity,
    Person,
    PostHolding,
)
from members.models.causes import why_said
from members.suggestions import rule_name
from projects.life.models import Attendance
from projects.models import Due, Receipt, Record
from projects.words import due_name, kind_name

from .own_records import record_rows

FILE_COLUMNS = (
    "name reading sex ethnicity birth_date id_number phone group joined_on full_member_on education occupation address "
    "unit standing created_at updated_at"
).split()
# Columns of a person that are not in the copy, and why.
LEFT_OUT_COLUMNS = {
    "id": "a number of the program's own",
    "pinyin": "made from the name, to search by",
    "initials": "made from the name, to search by",
    "id_hash": "made from the ID number, to search by",
    "path": "made from the branch",
    "category": "the topic of categories says it with its days",
    "version": "counts the changes, which the looks list",
    "submission_id": "tells one tap from two",
    "voided_at": "nobody signs in to a file that was voided",
    "merged_into": "nobody signs in to a file that was voided",
}
# Tables that point at a person and are not in the copy, and why.
LEFT_OUT = {
    "members.Merge": "what a merge of two files moved, kept so that it can be taken back; the looks say that it was",
    "members.FactUnknown": "a note not to ask again for a quarter; the looks tell who made it",
    "members.NameGram": "made from the name, to search by",
    "members.RosterFormer": "what an upload changed, kept for the few days in which it can be taken back",
    "members.RosterLine": "an upload nobody confirmed yet; what was written of it is in the file",
}


@dataclass(frozen=True)
class Topic:
    """One sheet and one list of the JSON. `rows(person, user)` yields values in the order of `columns`; `tables` are
    the tables it tells of."""

    code: str
    name: str | Promise
    columns: dict  # key: heading
    rows: Callable
    tables: tuple[str, ...] = ()


def _file(person, _user):
    shown = {"sex": person.get_sex_display(), "standing": person.get_standing_display(), "unit": str(person.unit)}
    yield [shown.get(name, getattr(person, name)) for name in FILE_COLUMNS]


def _dated(row):
    return row.from_date, row.to_date, row.recorded_at, str(row.recorded_by or ""), row.superseded_at


def _branches(person, _user):
    for row in person.memberships.select_related("unit", "recorded_by").order_by("from_date", "pk"):
        yield [str(row.unit), why_said(row.reason), *_dated(row)]


def _standings(person, _user):
    for row in person.standings.select_related("recorded_by").order_by("from_date", "pk"):
        yield [row.get_standing_display(), why_said(row.reason), *_dated(row)]


def _identities(person, user):
    rows = FormerIdentity.objects.visible_to(user).filter(person=person).select_related("recorded_by")
    for row in rows.order_by("from_date", "pk"):
        yield [row.name, row.id_number, row.get_evidence_display(), row.reason, *_dated(row)]


def _transfers(person, _user):
    for row in person.transfers.select_related("unit", "to_unit", "recorded_by", "settled_by").order_by("pk"):
        yield [
            str(row.unit), str(row.to_unit or row.elsewhere), row.letter_on, row.valid_until, row.reason,
            row.get_state_display(), row.settled_on, why_said(row.settled_reason), str(row.settled_by or ""),
            row.recorded_at, str(row.recorded_by or ""),
        ]  # fmt: skip


def _absences(person, user):
    rows = Absence.objects.visible_to(user).filter(person=person).select_related("recorded_by")
    for row in rows.order_by("from_date", "pk"):
        yield [row.place, *_dated(row)]


def _posts(person, user):
    rows = PostHolding.objects.visible_to(user).filter(person=person).select_related("unit", "recorded_by")
    for row in rows.order_by("from_date", "pk"):
        yield [row.title, row.division, str(row.unit), *_dated(row)]


def _categories(person, user):
    rows = Enrolment.objects.visible_to(user).filter(person=person)
    for row in rows.select_related("unit", "recorded_by", "decided_by", "helper").order_by("from_date", "pk"):
        yield [
            row.get_category_display(), row.primary, "" if row.superseded_at else row.get_status_display(), row.reason,
            row.evidence, str(row.unit),
            row.consent_on, row.notified_on, row.heard_on, str(row.decided_by or ""), row.decided_at,
            why_said(row.decision_reason), row.carried_over, row.regularise_by, str(row.helper or ""), *_dated(row),
        ]  # fmt: skip


def _dues(person, user):
    states = {
        "on_time": _("done on time"),
        "late": _("done late"),
        "closed": _("closed"),
        "overdue": _("overdue"),
        "open": _("open"),
    }
    for row in Due.objects.visible_to(user).filter(person=person).with_state().order_by("due_on", "pk"):
        yield [due_name(row), row.due_on, states[row.state], row.done_on, row.closed_on, why_said(row.closed_why)]


def _receipts(person, user):
    seen = Record.objects.visible_to(user)
    rows = Receipt.objects.live().filter(person=person, record__in=seen).select_related("record", "by")
    for row in rows.order_by("on", "pk"):
        yield [kind_name(row.record.kind), row.record.happened_on, row.get_answer_display(), row.on, str(row.by or "")]


def _attendance(person, user):
    rows = Attendance.objects.visible_to(user).live().filter(person=person)
    for row in rows.select_related("record", "record__unit").order_by("record__happened_on", "pk"):
        yield [
            row.record.happened_on, kind_name(row.record.kind), str(row.record.unit), row.get_state_display(),
            row.get_why_display(), row.note, row.due, row.hours, row.record.entered_at,
        ]  # fmt: skip


def _corrections(person, user):
    rows = CorrectionRequest.objects.visible_to(user).filter(person=person).select_related("answered_by")
    for row in rows.order_by("pk"):
        yield [
            row.get_column_display(), row.wrong, row.right, row.asked_at, row.get_state_display(), row.answer,
            str(row.answered_by or ""), row.answered_at,
        ]  # fmt: skip


def _suggestions(person, user):
    rows = DismissedSuggestion.objects.visible_to(user).filter(person=person).select_related("by")
    for row in rows.order_by("pk"):
        yield [rule_name(row.rule), row.fact_on, row.reason, row.until, row.at, str(row.by)]


def _looks(_person, user):
    for look in told(looks_of(user).order_by("pk")):
        yield [look.at, look.who, look.role, look.act, look.columns, look.purpose]


def _sign_in(_person, user):
    for grant in user.grants.select_related("unit").order_by("pk"):
        role = grant.get_role_display(), str(grant.unit or "")
        yield [user.username, str(user), *role, grant.from_date, grant.to_date, user.last_login]


def _label(model, name):
    return model._meta.get_field(name).verbose_name


DATED = {
    "from": gettext_lazy("From"),
    "to": gettext_lazy("Until"),
    "entered_at": gettext_lazy("Entered"),
    "entered_by": gettext_lazy("Entered by"),
    "replaced_at": gettext_lazy("Replaced"),
}
REASON = gettext_lazy("Reason")
BRANCH = gettext_lazy("Branch")
OWN_LABELS = {"created_at": gettext_lazy("Entered"), "updated_at": gettext_lazy("Last changed")}
TOPICS = (
    Topic(
        "file", gettext_lazy("Personal file"),
        {name: OWN_LABELS.get(name) or _label(Person, name) for name in FILE_COLUMNS}, _file,
        ("members.Person",),
    ),
    Topic(
        "branches", gettext_lazy("Branches"), {"branch": BRANCH, "reason": REASON, **DATED}, _branches,
        ("members.BranchMembership",),
    ),
    Topic(
        "standings", gettext_lazy("Standing"), {"standing": _label(Person, "standing"), "reason": REASON, **DATED},
        _standings, ("members.StandingRow",),
    ),
    Topic(
        "identities", gettext_lazy("Former names and numbers"),
        {name: _label(FormerIdentity, name) for name in ("name", "id_number", "evidence", "reason")} | DATED,
        _identities, ("members.FormerIdentity",),
    ),
    Topic(
        "transfers", gettext_lazy("Transfers"),
        {
            "branch": BRANCH, "to": gettext_lazy("To the branch"), "letter_on": gettext_lazy("Letter of"),
            "valid_until": gettext_lazy("Valid until"), "reason": REASON, "state": gettext_lazy("State"),
            "settled_on": gettext_lazy("Decided on"), "settled_reason": gettext_lazy("Answer"),
            "settled_by": gettext_lazy("Decided by"), "entered_at": DATED["entered_at"],
            "entered_by": DATED["entered_by"],
        },
        _transfers, ("members.Transfer",),
    ),
    Topic(
        "absences", gettext_lazy("Times away"), {"place": _label(Absence, "place"), **DATED}, _absences,
        ("members.Absence",),
    ),
    Topic(
        "posts", gettext_lazy("Posts held"),
        {"post": _label(PostHolding, "title"), "division": _label(PostHolding, "division"), "branch": BRANCH, **DATED},
        _posts, ("members.PostHolding",),
    ),
    Topic(
        "categories", gettext_lazy("Categories"),
        {name: _label(Enrolment, name) for name in ("category", "primary", "status", "reason", "evidence")}
        | {"branch": BRANCH}
        | {name: _label(Enrolment, name) for name in ("consent_on", "notified_on", "heard_on")}
        | {
            "decided_by": gettext_lazy("Decided by"), "decided_at": gettext_lazy("Decided on"),
            "decision": _label(Enrolment, "decision_reason"), "carried_over": _label(Enrolment, "carried_over"),
            "regularise_by": gettext_lazy("To be regularised by"), "helper": gettext_lazy("Helper"),
        } | DATED,
        _categories, ("members.Enrolment",),
    ),
    Topic(
        "receipts", gettext_lazy("Material received"),
        {
            "kind": gettext_lazy("Kind"), "sent_on": gettext_lazy("Date"), "answer": gettext_lazy("Answer"),
            "answered_on": gettext_lazy("Answered on"), "noted_by": gettext_lazy("Entered by"),
        },
        _receipts, ("projects.Receipt",),
    ),
    Topic(
        "records", gettext_lazy("Records"),
        {
            "date": gettext_lazy("Date"), "kind": gettext_lazy("Kind"), "details": gettext_lazy("Details"),
            "narrative": _label(Record, "narrative"), "branch": BRANCH, "written_by": gettext_lazy("Written by"),
            "entered_at": gettext_lazy("Entered"), "papers": gettext_lazy("Photos and files"),
        },
        record_rows, ("projects.RecordSubject",),
    ),
    Topic(
        "attendance", gettext_lazy("Organisational life"),
        {"date": gettext_lazy("Date"), "kind": gettext_lazy("Kind"), "branch": BRANCH}
        | {name: _label(Attendance, name) for name in ("state", "why", "note")}
        | {"due": gettext_lazy("Due to come"), "hours": _label(Attendance, "hours"), "entered_at": DATED["entered_at"]},
        _attendance, ("projects_life.Attendance",),
    ),
    Topic(
        "dues", gettext_lazy("What is owed to me"),
        {
            "duty": gettext_lazy("Duty"), "due_on": _label(Due, "due_on"), "state": gettext_lazy("State"),
            "done_on": gettext_lazy("Done on"), "closed_on": gettext_lazy("Closed on"), "why": REASON,
        },
        _dues, ("projects.Due",),
    ),
    Topic(
        "corrections", gettext_lazy("Requests for correction"),
        {name: _label(CorrectionRequest, name) for name in ("column", "wrong", "right")}
        | {"asked_at": gettext_lazy("Asked"), "state": gettext_lazy("State"), "answer": gettext_lazy("Answer"),
           "answered_by": gettext_lazy("Answered by"), "answered_at": gettext_lazy("Answered on")},
        _corrections, ("members.CorrectionRequest",),
    ),
    Topic(
        "suggestions", gettext_lazy("Suggestions set aside"),
        {"suggestion": gettext_lazy("Suggestion")}
        | {name: _label(DismissedSuggestion, name) for name in ("fact_on", "reason", "until")}
        | {"at": gettext_lazy("When"), "by": gettext_lazy("Who")},
        _suggestions, ("members.DismissedSuggestion",),
    ),
    Topic(
        "looks", gettext_lazy("Who looked at my file"),
        {
            "at": gettext_lazy("When"), "who": gettext_lazy("Who"), "role": gettext_lazy("Role"),
            "act": gettext_lazy("What they did"), "columns": gettext_lazy("Columns"),
            "purpose": gettext_lazy("What for, or why"),
        },
        _looks, ("members.AuditRow",),
    ),
    Topic(
        "sign_in", gettext_lazy("Sign-in"),
        {
            "username": gettext_lazy("User name"), "name": gettext_lazy("Name"), "role": gettext_lazy("Role"),
            "unit": gettext_lazy("unit"), "from": DATED["from"], "to": DATED["to"],
            "last_sign_in": gettext_lazy("Last signed in"),
        },
        _sign_in, ("members.User",),
    ),
)  # fmt: skip
