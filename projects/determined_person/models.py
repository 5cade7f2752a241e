from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models import Detail
from projects.shared import ContactDetail, HelperDetail, TalkDetail, VisitDetail, amount, not_negative


class Cause(models.TextChoices):
    """Causes of hardship (seed, fourth). Circumstances only: attitude is never a cause (DOMAIN 2.4, §5)."""

    LABOUR = "labour", _("lacks labour")
    SKILLS = "skills", _("lacks skills or information")
    TIED_HOME = "tied_home", _("cannot leave home for work")
    OLD_OR_SICK = "old_or_sick", _("old or sick")
    DISASTER = "disaster", _("accident or disaster")


class Profile(Detail):
    """The household as the information ledger describes it."""

    cause = models.CharField(_("cause of hardship"), max_length=12, choices=Cause)
    household = models.PositiveSmallIntegerField(_("people in the household"), validators=[MinValueValidator(1)])
    workers = models.PositiveSmallIntegerField(_("of them able to work"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(household__gte=1), name="profile_household_not_empty"),
            models.CheckConstraint(
                condition=Q(workers__lte=F("household")),
                name="profile_workers_within_household",
                violation_error_message=_("More people able to work than people in the household."),
            ),
        ]


class Pairing(HelperDetail):
    """A dedicated person pairs up with the member."""


class MeasureKind(models.TextChoices):
    """Measures by cause (seed, fourth). Encouragement is a measure and never a cause."""

    EQUITY = "equity", _("equity in a cooperative with dividends")
    TRAINING = "training", _("skills training")
    LOCAL_WORK = "local_work", _("work nearby: branch, cooperative, base and member household")
    ASSISTANCE = "assistance", _("assistance policies and care")
    ENCOURAGEMENT = "encouragement", _("education and encouragement")


class Measure(Detail):
    """A measure agreed with the member."""

    measure = models.CharField(_("kind of measure"), max_length=14, choices=MeasureKind)
    content = models.CharField(_("measure"), max_length=200)
    starts_on = models.DateField(_("carried out from"))


class Stake(Detail):
    """Household project funds put into a cooperative."""

    cooperative = models.CharField(_("cooperative"), max_length=80)
    amount = amount(_("amount (yuan)"), validators=[MinValueValidator(0)])

    class Meta:
        constraints = not_negative("stake", "amount")


class Dividend(Detail):
    """A dividend that reached the household."""

    cooperative = models.CharField(_("cooperative"), max_length=80)
    amount = amount(_("amount (yuan)"), validators=[MinValueValidator(0)])

    class Meta:
        constraints = not_negative("dividend", "amount")


class Training(Detail):
    """Skills training the member took part in."""

    topic = models.CharField(_("skill"), max_length=80)
    hours = models.PositiveSmallIntegerField(_("hours"), default=0)


class LocalJob(Detail):
    """Work found nearby."""

    employer = models.CharField(_("where the work is"), max_length=80)
    work = models.CharField(_("kind of work"), max_length=80)
    monthly_income = amount(_("income a month (yuan)"), default=0, validators=[MinValueValidator(0)])

    class Meta:
        constraints = not_negative("localjob", "monthly_income")


class AidKind(models.TextChoices):
    MONEY = "money", _("money")
    GOODS = "goods", _("goods")
    POLICY = "policy", _("assistance policy")


class Aid(Detail):
    """Money, goods or a policy that reached the household."""

    aid = models.CharField(_("kind of aid"), max_length=8, choices=AidKind)
    what = models.CharField(_("money or goods"), max_length=120)
    amount = amount(_("worth (yuan)"), default=0, validators=[MinValueValidator(0)])

    class Meta:
        constraints = not_negative("aid", "amount")


class Contact(ContactDetail):
    """The helper's quarterly contact."""


class Change(models.TextChoices):
    """How the household lives now compared with the last update."""

    BETTER = "better", _("better")
    STABLE = "stable", _("stable")
    HARDER = "harder", _("harder")


class LedgerUpdate(Detail):
    """The quarterly update of the information ledger: production and living conditions, results, direction."""

    conditions = models.CharField(_("production and living conditions"), max_length=300)
    effect = models.CharField(_("effect of the measures"), max_length=200, blank=True)
    change = models.CharField(_("change since the last update"), max_length=8, choices=Change)


class Visit(VisitDetail):
    """A visit to the household."""


class Condolence(VisitDetail):
    """A condolence visit at a festival."""


class Talk(TalkDetail):
    """A talk: education and encouragement, recorded as a measure."""


class ReviewOutcome(models.TextChoices):
    CONTINUE = "continue", _("help continues")
    ADJUST = "adjust", _("measures are adjusted")
    EXIT = "exit", _("exit is proposed")


class YearlyReview(Detail):
    """The town's yearly review of whether and how the help goes on. The exit itself is a separate decision."""

    outcome = models.CharField(_("outcome of the review"), max_length=10, choices=ReviewOutcome)
    reason = models.CharField(_("reason"), max_length=200)
