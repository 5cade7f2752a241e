from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Count, F, Max, Min, Q
from django.utils.translation import gettext_lazy as _

from members.models import Enrolment
from projects.models import Detail
from projects.shared import HelperDetail, Progress, ProgressDetail, TalkDetail, VisitDetail
from projects.stays import stay_ids
from xitun.lib.dates import add_months, today

TERM_MONTHS = 6  # DOMAIN 2.6


class Ground(models.TextChoices):
    """The only grounds: dated facts with evidence. Thoughts are not a ground (DOMAIN 2.6, §5)."""

    LAW = "law", _("breach of law, by a decision in force")
    DISCIPLINE = "discipline", _("breach of Party discipline, by a decision in force")
    MEETINGS = "meetings", _("absence from organisational life without leave")
    DUES = "dues", _("membership fees not paid")
    TASKS = "tasks", _("assigned tasks not done")


class DatedFact(Detail):
    """A fact that gives ground for help and education: what happened, when, and what proves it."""

    ground = models.CharField(_("kind of fact"), max_length=12, choices=Ground)
    occurred_on = models.DateField(_("happened on"))
    fact = models.CharField(_("fact"), max_length=300)
    evidence = models.CharField(_("evidence"), max_length=200)


class Notice(Detail):
    """The member is told of the facts, the help proposed, and the right to answer and appeal."""

    delivered_by = models.CharField(_("delivered by"), max_length=40)
    answer_by = models.DateField(_("answer until"), null=True, blank=True)


class Position(models.TextChoices):
    ACCEPTS = "accepts", _("accepts")
    ANSWERS = "answers", _("answers (written defence)")
    APPEALS = "appeals", _("appeals")
    SILENT = "silent", _("gives no statement")


class Statement(Detail):
    """The member's own statement, kept in their words. Never edited, never deleted."""

    position = models.CharField(_("the member's position"), max_length=10, choices=Position)
    words = models.CharField(_("in the member's words"), max_length=1000, blank=True)


class AppealDecision(Detail):
    """What the town committee decided on the member's appeal."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("the decision stands")
        CHANGED = "changed", _("the decision is changed")
        LIFTED = "lifted", _("the decision is lifted")

    outcome = models.CharField(_("decision on the appeal"), max_length=10, choices=Outcome)
    reason = models.CharField(_("reason"), max_length=200)


class Helper(HelperDetail):
    """The village cadre, a member, who is responsible for helping."""


def usual_end():
    """Beside a beginning today."""
    return add_months(today(), TERM_MONTHS)


class HelpTerm(Detail):
    """From when until when the help runs: six months by default, twelve at most. One a case; see TermReview."""

    starts_on = models.DateField(_("begins on"))
    ends_on = models.DateField(_("ends on"), default=usual_end)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="helpterm_begins_first",
                violation_error_message=_("The end cannot lie before the beginning."),
            )
        ]


class PlanTask(Detail):
    """One task of the help and rectification plan, with its owner and day."""

    measure = models.CharField(_("measure"), max_length=200)
    owner = models.CharField(_("owner of the task"), max_length=40)
    due_on = models.DateField(_("to be done by"))


class TaskDone(ProgressDetail):
    """What became of a task of the plan."""


class Talk(TalkDetail):
    """The regular heart-to-heart talk, also on the spot or collective."""


class SelfReport(Detail):
    """The member's own regular report to the branch."""

    report = models.CharField(_("the member's report"), max_length=1000)


class Attendance(Detail):
    """Taking part in organisational life: a fact, counted, never interpreted."""

    class Presence(models.TextChoices):
        PRESENT = "present", _("present")
        LEAVE = "leave", _("on leave")
        ABSENT = "absent", _("absent")

    meeting = models.CharField(_("meeting"), max_length=80)
    presence = models.CharField(_("attendance"), max_length=8, choices=Presence)


class Difficulty(Detail):
    """An actual difficulty met, and what was done about it."""

    difficulty = models.CharField(_("difficulty"), max_length=200)
    done = models.CharField(_("what was done about it"), max_length=200, blank=True)
    progress = models.CharField(_("progress"), max_length=10, choices=Progress, default=Progress.NOT_BEGUN)


class Visit(VisitDetail):
    """A visit on the spot."""


class Finding(models.TextChoices):
    """What the quarterly review finds about the plan's tasks, not about the person."""

    DONE = "done", _("tasks done as planned")
    PARTLY = "partly", _("tasks partly done")
    NOT_DONE = "not_done", _("tasks not done")


class Review(Detail):
    finding = models.CharField(_("finding on the plan"), max_length=10, choices=Finding)
    next_steps = models.CharField(_("next steps"), max_length=200, blank=True)


class Outcome(models.TextChoices):
    CLOSED = "closed", _("help and education ended")
    EXTENDED = "extended", _("extended once")
    REFERRED = "referred", _("referred to the organ in charge")


class TermReview(Detail):
    """The decision at the term's end. An extension says until when; it is given once, within twelve months in all."""

    outcome = models.CharField(_("decision at the end of the term"), max_length=10, choices=Outcome)
    until = models.DateField(
        _("extended until"),
        null=True,
        blank=True,
        help_text=_("Only for an extension: twelve months after the help began at the latest."),
    )
    reason = models.CharField(_("reason"), max_length=200)


@dataclass(frozen=True)
class TermSoFar:
    """What the records of one case say of its term: when it began and ends now, and how often it was extended."""

    starts_on: date | None = None
    ends_on: date | None = None
    extensions: int = 0


def term_so_far(enrolment):
    """The TermSoFar of the case `enrolment` belongs to, over a transfer too. Its enrolments are locked, so that of two
    decisions sent at once the second sees the first."""
    stay = list(Enrolment.objects.filter(pk__in=stay_ids([enrolment])).locked())
    here = {"record__subjects__enrolment__in": stay, "record__voided_at": None}
    terms = HelpTerm.objects.filter(**here).aggregate(starts=Min("starts_on"), ends=Max("ends_on"), n=Count("pk"))
    given = TermReview.objects.filter(outcome=Outcome.EXTENDED, **here).aggregate(until=Max("until"), n=Count("pk"))
    ends = max(filter(None, (terms["ends"], given["until"])), default=None)
    # Before an extension said until when, a second term was written for it.
    return TermSoFar(terms["starts"], ends, max(given["n"], terms["n"] - 1, 0))
