from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models import Detail
from projects.shared import TalkDetail


class Source(models.TextChoices):
    """Where the talents come from (seed, eighth)."""

    WEALTH_CREATOR = "wealth_creator", _("talent who has become rich")
    VETERAN = "veteran", _("veteran")
    RETURNING = "returning", _("young person who came back")
    OFFICIAL = "official", _("college-student village official")
    OTHER = "other", _("another background")


class Application(Detail):
    """The written application for membership."""

    source = models.CharField(_("background"), max_length=16, choices=Source)
    league = models.BooleanField(_("through the Youth League"), default=False)


class ApplicationTalk(TalkDetail):
    """The talk owed within a month of the application."""

    talker = models.CharField(_("who talked"), max_length=40)


class RecommendedBy(models.TextChoices):
    MEMBERS = "members", _("recommended by Party members")
    LEAGUE = "league", _("put forward by a mass organisation")


class Recommendation(Detail):
    """Recommended, and determined as an activist by the branch."""

    way = models.CharField(_("way of recommendation"), max_length=10, choices=RecommendedBy)


class TrainingContacts(Detail):
    """The two full members who help and educate. One is allowed, with a warning (rules.contacts)."""

    first = models.CharField(_("first contact"), max_length=40)
    second = models.CharField(_("second contact"), max_length=40, blank=True)


class ContactNote(Detail):
    """A training contact's quarterly note: thought, study and work as facts and tasks."""

    study = models.CharField(_("study"), max_length=200)
    work = models.CharField(_("work and tasks"), max_length=200)


class BranchReview(Detail):
    """The branch's half-yearly review."""

    class Outcome(models.TextChoices):
        CONTINUE = "continue", _("training continues")
        NEXT_STEP = "next_step", _("ready for the next step")
        STOP = "stop", _("training is stopped")

    outcome = models.CharField(_("outcome of the review"), max_length=10, choices=Outcome)
    findings = models.CharField(_("findings"), max_length=300)


class DirectorTalk(TalkDetail):
    """The talk by the director of the town's party-building office."""


class VillageTask(Detail):
    """A task in village affairs that exercises the candidate (seed, eighth)."""

    class Area(models.TextChoices):
        SUPERVISION = "supervision", _("supervision of village affairs")
        ENVIRONMENT = "environment", _("environmental improvement")
        MEDIATION = "mediation", _("mediation")
        PATROL = "patrol", _("patrols")

    area = models.CharField(_("area"), max_length=12, choices=Area)
    task = models.CharField(_("task"), max_length=120)
    result = models.CharField(_("result"), max_length=200, blank=True)


class Introducers(Detail):
    """Two full members introduce the candidate."""

    first = models.CharField(_("first introducer"), max_length=40)
    second = models.CharField(_("second introducer"), max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(first=F("second")),
                name="introducers_are_two",
                violation_error_message=_("Two different members introduce."),
            )
        ]


class PoliticalReview(Detail):
    class Result(models.TextChoices):
        PASSED = "passed", _("passed")
        NOT_PASSED = "not_passed", _("not passed")

    result = models.CharField(_("result of the review"), max_length=10, choices=Result)
    conclusion = models.CharField(_("conclusion"), max_length=300, blank=True)


class Training(Detail):
    """Concentrated training: at least three days or twenty-four hours (rules.training_enough)."""

    topic = models.CharField(_("topic"), max_length=80)
    days = models.PositiveSmallIntegerField(_("days"), default=0)
    hours = models.PositiveSmallIntegerField(_("hours"), default=0)


class Prereview(Detail):
    """The written pre-review, before the application book is issued."""

    passed = models.BooleanField(_("passed"), default=True)
    book_number = models.CharField(_("number of the application book"), max_length=40, blank=True)


class Publicity(Detail):
    starts_on = models.DateField(_("published from"))
    ends_on = models.DateField(_("published until"))
    objections = models.CharField(_("objections"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="publicity_in_order",
                violation_error_message=_("The end cannot lie before the beginning."),
            )
        ]


class VoteDetail(Detail):
    """A secret ballot of the branch meeting on one candidate. Written opinions count as votes, not as presence; whether
    it passes is computed (rules.vote_passes), never typed."""

    due = models.PositiveSmallIntegerField(_("voters due"), validators=[MinValueValidator(1)])
    present = models.PositiveSmallIntegerField(_("voters present"))
    written = models.PositiveSmallIntegerField(_("written opinions"), default=0)
    issued = models.PositiveSmallIntegerField(_("ballots issued"))
    returned = models.PositiveSmallIntegerField(_("ballots returned"))
    in_favour = models.PositiveSmallIntegerField(_("in favour"))
    against = models.PositiveSmallIntegerField(_("against"), default=0)
    abstained = models.PositiveSmallIntegerField(_("abstained"), default=0)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(due__gte=F("present") + F("written")),
                name="%(class)s_no_more_than_due",
                violation_error_message=_("More voters than are due."),
            ),
            models.CheckConstraint(
                condition=Q(issued__lte=F("present")),
                name="%(class)s_issued_to_present",
                violation_error_message=_("More ballots issued than voters present."),
            ),
            models.CheckConstraint(
                condition=Q(returned__lte=F("issued")),
                name="%(class)s_returned_of_issued",
                violation_error_message=_("More ballots returned than issued."),
            ),
            models.CheckConstraint(
                condition=Q(in_favour__lte=F("returned") + F("written") - F("against") - F("abstained")),
                name="%(class)s_votes_of_returned",
                violation_error_message=_("More votes than ballots returned and written opinions."),
            ),
        ]


class AdmissionVote(VoteDetail):
    """The branch meeting votes on admission; probation counts from its day."""


class ConversionVote(VoteDetail):
    """The branch meeting votes on conversion to full membership."""


class Approval(Detail):
    """The approval of the admission by the Party committee above."""

    approved = models.BooleanField(_("approved"), default=True)
    approver = models.CharField(_("approved by"), max_length=80)


class Conversion(Detail):
    """The decision at the end of probation."""

    class Outcome(models.TextChoices):
        ON_TIME = "on_time", _("converted on time")
        EXTENDED = "extended", _("probation extended")
        CANCELLED = "cancelled", _("membership cancelled")

    outcome = models.CharField(_("decision on conversion"), max_length=10, choices=Outcome)
    full_on = models.DateField(_("full member from"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="on_time") | Q(full_on__gte=date(1921, 7, 1)),
                name="conversion_has_its_day",
                violation_error_message=_("Give the day from which full membership counts."),
            )
        ]


class YearlyPlan(Detail):
    """How many the branch means to develop this year. It never overrides a rule."""

    number = models.PositiveSmallIntegerField(_("new members planned"))


class YearlyAnalysis(Detail):
    """The yearly analysis of the ranks of activists."""

    activists = models.PositiveSmallIntegerField(_("activists"))
    analysis = models.CharField(_("analysis"), max_length=500)
