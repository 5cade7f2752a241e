from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models import Detail
from projects.shared import ProgressDetail, TalkDetail, amount, not_negative


class ServicePost(models.TextChoices):
    """The catalogue of posts for members who hold none (DOMAIN 2.2, 设岗定责)."""

    POLICY = "policy", _("policy publicity")
    CIVILITY = "civility", _("civility")
    PUBLIC_ORDER = "public_order", _("public order")
    ENVIRONMENT = "environment", _("environment")
    TECHNOLOGY = "technology", _("technology demonstration")
    FINANCE = "finance", _("finance supervision")
    MEDIATION = "mediation", _("mediation")
    OTHER = "other", _("another post")


class PostTaken(Detail):
    """A member takes a service post; the branch decides and publishes the list."""

    post = models.CharField(_("service post"), max_length=16, choices=ServicePost)
    duties = models.CharField(_("responsibilities"), max_length=200)
    published_on = models.DateField(_("published on"), null=True, blank=True)


class Card(models.TextChoices):
    """The three cards and who keeps each."""

    RESPONSIBILITY = "responsibility", _("responsibility card (town secretary)")
    OBJECTIVE = "objective", _("objective card (branch secretary)")
    ACTION = "action", _("action card (member)")


class Aspect(models.TextChoices):
    """The four aspects of the action card (seed, second)."""

    LEARN = "learn", _("leads in learning")
    PUBLICISE = "publicise", _("publicises policy")
    POVERTY = "poverty", _("carries out poverty-relief tasks")
    HELP = "help", _("helps and leads others")


class CardPromise(Detail):
    """One promise on a card; three to five a year (DOMAIN 2.2)."""

    card = models.CharField(_("card"), max_length=16, choices=Card, default=Card.ACTION)
    aspect = models.CharField(_("aspect"), max_length=12, choices=Aspect)
    promise = models.CharField(_("promise"), max_length=200)
    due_on = models.DateField(_("to be kept by"))


class CardProgress(ProgressDetail):
    """How far the card's promises have come this quarter, and what the branch says of it."""

    comment = models.CharField(_("the branch's comment"), max_length=200, blank=True)


class Lead(models.TextChoices):
    """The three-leaders team 三带队伍."""

    GETS_RICH = "gets_rich", _("leads in getting rich")
    LEADS_OTHERS = "leads_others", _("leads others to get rich")
    DRIVES_INDUSTRY = "drives_industry", _("drives an industry")


class Entity(models.TextChoices):
    NONE = "none", _("no entity")
    COOPERATIVE = "cooperative", _("cooperative")
    FAMILY_FARM = "family_farm", _("family farm")
    COMPANY = "company", _("agricultural company")


class TeamEntry(Detail):
    """Joining the three-leaders team. Whoever is in it owes the 1+3 contact until they leave."""

    lead = models.CharField(_("leads in"), max_length=16, choices=Lead)
    industry = models.CharField(_("industry"), max_length=60)
    entity = models.CharField(_("entity led"), max_length=12, choices=Entity, default=Entity.NONE)
    entity_name = models.CharField(_("name of the entity"), max_length=80, blank=True)


class TeamExit(Detail):
    reason = models.CharField(_("reason"), max_length=200)


class HouseholdContact(Detail):
    """The 1+3 contact: one leader, three households by default."""

    households = models.CharField(_("households contacted"), max_length=120)
    number = models.PositiveSmallIntegerField(_("how many households"), default=3, validators=[MinValueValidator(1)])
    help = models.CharField(_("help given"), max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="householdcontact_at_least_one")]


class SupportKind(models.TextChoices):
    FUND = "fund", _("funds")
    PROJECT = "project", _("project")


class Support(Detail):
    """Funds or a project that support a leader."""

    support = models.CharField(_("kind of support"), max_length=10, choices=SupportKind)
    name = models.CharField(_("name of the fund or project"), max_length=80)
    amount = amount(_("amount (yuan)"), default=0, validators=[MinValueValidator(0)])

    class Meta:
        constraints = not_negative("support", "amount")


class RewardKind(models.TextChoices):
    COMMENDATION = "commendation", _("commendation")
    PUBLICITY = "publicity", _("publicity as an example")
    SANCTION = "sanction", _("sanction")


class Reward(Detail):
    """A reward, a sanction, or typical publicity. A named organ decided it, for a fact."""

    reward = models.CharField(_("reward or sanction"), max_length=14, choices=RewardKind)
    fact = models.CharField(_("for what"), max_length=200)
    decided_by = models.CharField(_("decided by"), max_length=60)


class ContributionKind(models.TextChoices):
    IDEA = "idea", _("idea")
    HELP = "help", _("help for the village")
    BUSINESS = "business", _("returned to start a business")


class Contribution(Detail):
    """What a member living outside gives to the home village."""

    contribution = models.CharField(_("contribution"), max_length=10, choices=ContributionKind)
    what = models.CharField(_("what was contributed"), max_length=200)
    jobs = models.PositiveSmallIntegerField(_("jobs created"), default=0)


class Talk(TalkDetail):
    """A heart-to-heart talk."""
