"""What happened to a person besides the records: changes of category, branch and standing, transfers, posts.

Read from rows that the reader may see: what is out of sight is in no list and in no count.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.access import WRITE, scope_of
from members.models import AuditRow, Enrolment, Standing, Status, Transfer
from members.models.causes import why_said
from members.models.enrolments import NEVER_HELD
from xitun.lib.dates import business_date

from .history import branch_said, standing_said
from .timeline import BRANCH, CATEGORIES, POSTS, STANDING

# The later step of one day stands above the earlier.
PROPOSED, DECLINED, BEGAN, END_PROPOSED, KEPT, ENDED = range(10, 16)
CAME, SENT, NOT_SENT, STOOD, HELD, LEFT = range(20, 26)
TRACED = {
    "propose_category": (PROPOSED, gettext_lazy("proposed")),
    "propose_exit": (END_PROPOSED, gettext_lazy("end proposed")),
    "decline_exit": (KEPT, gettext_lazy("kept in the category")),
}
CONFIRMED, REMOVED = "confirm_category", "remove_from_roll"
CONFIRMED_VERSION = 2  # of a row that was proposed and confirmed, and nothing since


@dataclass(frozen=True)
class Change:
    """One entry: `title` names what changed, `words` to what; `rank` and `pk` order those of one day."""

    kind: str
    day: date
    rank: int
    pk: int
    title: str
    words: str
    by: object = ""
    note: str = ""

    @property
    def key(self):
        return self.day, self.rank, self.pk


def changes_of(person, user, *, categories, posts, transfers):
    """[Change] of a person in no order. `categories`, `posts` and `transfers` are the rows this user may see, as the
    page has them already; three queries for the rest."""
    traces = _traces(person, user, categories)
    return [
        *_of_categories(categories, {row.pk: trace.actor for row, trace in traces if trace.act == CONFIRMED}),
        *(_traced(row, trace) for row, trace in traces if trace.act in TRACED),
        *_of_branches(person, user, transfers),
        *_of_standings(person, [trace for row, trace in traces if trace.act == REMOVED]),
        *_of_posts(posts),
    ]


def _of_categories(rows, confirmed):
    """`confirmed`: {row's key: who confirmed it}. A row says it itself until a later decision takes its place."""
    for row in rows:
        decided, why = row.decided_by or "", why_said(row.decision_reason) if row.may_read_why else ""
        if row.status in NEVER_HELD:
            note = row.reason if row.may_read_why else ""
            day = business_date(row.recorded_at)
            yield _of_category(row, day, PROPOSED, row.pk, _("proposed"), row.recorded_by or "", note)
            if row.status != Status.PROPOSED:
                day = business_date(row.decided_at)
                yield _of_category(row, day, DECLINED, row.pk, row.get_status_display(), decided, why)
            continue
        ended = row.status == Status.ENDED
        first = not ended and row.version <= CONFIRMED_VERSION
        words = _("carried over from an old roster") if row.carried_over else _("confirmed")
        by = confirmed.get(row.pk) or (decided if first else "")
        yield _of_category(row, row.from_date, BEGAN, row.pk, words, by, why if first else "")
        if ended:
            yield _of_category(row, row.to_date, ENDED, row.pk, _("ended"), decided, why)


def _of_category(row, day, rank, pk, words, by, note):
    said = f"{row.get_category_display()} · {words}"
    return Change(CATEGORIES, day, rank, pk, _("category"), said, by, note)


def _traces(person, user, categories):
    """[(row, trace)] of steps that the rows do not tell of any more, as far as the reader may see traces; and by which
    paper somebody was taken off the roll."""
    rows = {str(row.pk): row for row in categories if row.status not in NEVER_HELD}
    of_rows = Q(act__in=[*TRACED, CONFIRMED], object_type=Enrolment._meta.label_lower, object_id__in=rows)
    traces = AuditRow.objects.visible_to(user).filter(of_rows | Q(act=REMOVED), person=person)
    return [(rows.get(trace.object_id), trace) for trace in traces.select_related("actor")]


def _traced(row, trace):
    rank, words = TRACED[trace.act]
    note = trace.purpose if row.may_read_why else ""
    return _of_category(row, business_date(trace.at), rank, trace.pk, words, trace.actor or "", note)


def _of_branches(person, user, transfers):
    """Who came onto which roll; and of a transfer what no roll tells: that it was sent, and that nothing came of it."""
    for row in person.memberships.filter(superseded_at=None).select_related("unit", "recorded_by"):
        branch, why, named = branch_said(row, user)
        yield Change(BRANCH, row.from_date, CAME, row.pk, _("branch"), branch, (named and row.recorded_by) or "", why)
    for row in transfers:
        near = any(scope_of(user).can(WRITE, path) for path in filter(None, (row.path, row.to_path)))
        words = _("to %(branch)s") % {"branch": row.to}
        note = why_said(row.reason) if near else ""
        yield Change(BRANCH, row.letter_on, SENT, row.pk, _("transfer"), words, row.recorded_by or "", note)
        if row.state in (Transfer.State.DECLINED, Transfer.State.WITHDRAWN):
            note, words = why_said(row.settled_reason) if near else "", f"{words} · {row.get_state_display()}"
            yield Change(
                BRANCH,
                business_date(row.settled_at),
                NOT_SENT,
                row.pk,
                _("transfer"),
                words,
                row.settled_by or "",
                note,
            )


def _of_standings(person, removals):
    told = [trace.detail for trace in removals]
    papers = {key: each for each in told for key in (each["cause"], (each["cause"], each["on"]))}
    for row in person.standings.filter(superseded_at=None).select_related("recorded_by"):
        note = why_said(row.reason) if row.standing == Standing.FORMER else ""  # as the file itself says it
        if note and (paper := papers.get((row.reason, str(row.from_date))) or papers.get(row.reason)):
            note = f"{note} · {paper['document']} · {date_format(date.fromisoformat(paper['document_on']))}"
        by = row.recorded_by or ""
        yield Change(STANDING, row.from_date, STOOD, row.pk, _("standing"), standing_said(row), by, note)


def _of_posts(rows):
    for row in rows:
        yield Change(POSTS, row.from_date, HELD, row.pk, _("post"), row.title, row.recorded_by or "", row.division)
        if row.to_date:
            yield Change(POSTS, row.to_date, LEFT, row.pk, _("post"), f"{row.title} · {_('ended')}")
