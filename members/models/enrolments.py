from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet
from xitun.lib.crypto import EncryptedTextField

from .causes import Cause
from .dated import Dated
from .people import Person
from .units import Unit


class Category(models.TextChoices):
    """The eight categories of DOMAIN §2; the labels are neutral on purpose (DOMAIN §5)."""

    IN_SERVICE = "in_service", _("in service")
    UNEMPLOYED = "unemployed", _("holding no post")
    MOBILE = "mobile", _("mobile")
    POOR_WEAK = "poor_weak", _("receiving help")
    ELDERLY = "elderly", _("elderly")
    BACKWARD = "backward", _("in help and education")
    RETIRED = "retired", _("retired")
    DEVELOPING = "developing", _("candidate for membership")


RESTRICTED_CATEGORIES = (Category.POOR_WEAK, Category.BACKWARD)


class Status(models.TextChoices):
    PROPOSED = "proposed", _("waiting for the town")
    ACTIVE = "active", _("active")
    EXIT_PROPOSED = "exit_proposed", _("exit proposed")
    ENDED = "ended", _("ended")
    RETURNED = "returned", _("returned to the branch")
    WITHDRAWN = "withdrawn", _("taken back by the branch")


LIVE = (Status.ACTIVE, Status.EXIT_PROPOSED)
NEVER_HELD = (Status.PROPOSED, Status.RETURNED, Status.WITHDRAWN)  # nobody stood, or stands, in the category
EVIDENCE_LENGTH = 1000


class EnrolmentQuerySet(ScopedQuerySet):
    scope_field = "path"
    restricted_field = "restricted"
    own_field = "person"

    def live(self):
        return self.filter(status__in=LIVE)

    def without_closed_cases(self):
        """All but help and education that is over: a closed case is sealed and hidden (DOMAIN 2.6), and so is what was
        believed of it before its days were put right. It goes on where a transfer ended it here and began its successor
        on that very day, or a merge of two files let it go on in the other's; a later case opens none of the earlier
        ones."""
        case = Enrolment.objects.filter(category=Category.BACKWARD, superseded_at=None).exclude(status__in=NEVER_HELD)
        goes_on = case.filter(person=OuterRef("person"), from_date=OuterRef("to_date"))
        merged = Q(Exact(OuterRef("decision_reason"), Value(Cause.MERGED.value)))
        goes_on = goes_on.filter(~Q(unit=OuterRef("unit")) | merged).exclude(pk=OuterRef("pk"))
        over = case.filter(~Exists(goes_on), status=Status.ENDED, person=OuterRef("person"))
        # A superseded copy: of a case decided to be over since, or, with the same decision, of one that was over then.
        of_it = Q(decided_at__gte=OuterRef("superseded_at")) | Q(decided_at=OuterRef("decided_at"))
        closed = Q(
            Exists(over.filter(Q(to_date__gte=OuterRef("to_date")) | of_it)),
            category=Category.BACKWARD,
            status=Status.ENDED,
        )
        return self.exclude(closed)

    def on(self, day):
        """Enrolments confirmed and in force on `day` (as known today)."""
        return self.exclude(status__in=NEVER_HELD).filter(
            Q(to_date__isnull=True) | Q(to_date__gt=day), from_date__lte=day, superseded_at__isnull=True
        )


class Enrolment(Dated):
    """A person's place in one category, and so in its project. Stays with the unit where it happened: a transfer
    ends it there and opens a successor in the new branch."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="enrolments")
    path = models.CharField(max_length=255, db_index=True, editable=False)
    category = models.CharField(_("category"), max_length=12, choices=Category)
    primary = models.BooleanField(_("primary"), default=True)
    restricted = models.BooleanField(default=False, editable=False)
    status = models.CharField(_("status"), max_length=14, choices=Status, default=Status.PROPOSED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    evidence = EncryptedTextField(_("what it rests on"), null=True, blank=True)  # minutes, visits, documents seen
    carried_over = models.BooleanField(_("carried over, to be regularised"), default=False)
    regularise_by = models.DateField(null=True, blank=True)
    consent_on = models.DateField(_("consented on"), null=True, blank=True)
    notified_on = models.DateField(_("notified on"), null=True, blank=True)
    heard_on = models.DateField(_("heard on"), null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(_("decision"), max_length=200, blank=True)
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="helping"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EnrolmentQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("enrolment")
        indexes = [models.Index(fields=["category", "status", "path"], name="enrolment_category_path")]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(primary=True, status__in=LIVE, to_date__isnull=True),
                name="one_open_primary",
            ),
            models.UniqueConstraint(
                fields=["person", "category"],
                condition=Q(status__in=LIVE, to_date__isnull=True),
                name="one_open_per_category",
            ),
            models.UniqueConstraint(
                fields=["person", "category"], condition=Q(status=Status.PROPOSED), name="one_open_proposal"
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.get_category_display()}"

    def save(self, *args, **kwargs):
        self.restricted = self.category in RESTRICTED_CATEGORIES
        super().save(*args, **kwargs)
