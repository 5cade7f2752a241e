from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet
from xitun.lib.crypto import EncryptedTextField
from xitun.lib.names import INITIALS_LENGTH, PINYIN_LENGTH

from .dated import Dated
from .units import Unit

SHOWN_DIGITS = 4  # of a masked phone number (xitun.lib.ids.mask_phone)


class Standing(models.TextChoices):
    """Only probationary and full are party members; the first three are candidates (DOMAIN §1)."""

    APPLICANT = "applicant", _("applicant")
    ACTIVIST = "activist", _("activist")
    TARGET = "target", _("development target")
    PROBATIONARY = "probationary", _("probationary member")
    FULL = "full", _("full member")
    FORMER = "former", _("former")


MEMBER_STANDINGS = (Standing.PROBATIONARY, Standing.FULL)
CANDIDATE_STANDINGS = (Standing.APPLICANT, Standing.ACTIVIST, Standing.TARGET)


class PhoneTail(models.Func):
    """The last digits of a phone number that the mask leaves in sight. Each engine has its own word for it, and finds
    the index only when the number of digits is written out."""

    output_field = models.CharField()
    arity = 1

    def as_sql(self, compiler, connection, template=f"RIGHT(%(expressions)s, {SHOWN_DIGITS})"):
        return super().as_sql(compiler, connection, template=template)

    def as_sqlite(self, compiler, connection):
        return self.as_sql(compiler, connection, template=f"SUBSTR(%(expressions)s, -{SHOWN_DIGITS})")


class PersonQuerySet(ScopedQuerySet):
    scope_field = "path"
    own_field = "pk"

    def members(self):
        return self.filter(standing__in=MEMBER_STANDINGS)

    def on_roll(self):
        return self.exclude(standing=Standing.FORMER)


class PersonManager(models.Manager.from_queryset(PersonQuerySet)):
    """A voided file is in no list, count, search or match; rows that name it still reach it."""

    def get_queryset(self):
        return super().get_queryset().filter(voided_at=None)


class Person(models.Model):
    """Anyone on a branch's roll. `unit`, `path`, `standing` and `category` are today's value of the dated rows,
    kept by the acts in members.actions and by nothing else."""

    class Sex(models.TextChoices):
        MALE = "M", _("male")
        FEMALE = "F", _("female")

    name = models.CharField(_("name"), max_length=40)
    reading = models.CharField(  # only where it is read otherwise than most would
        _("how the name is read"), max_length=80, blank=True, default="", db_default=""
    )
    pinyin = models.CharField(max_length=PINYIN_LENGTH, blank=True, editable=False, db_index=True)
    initials = models.CharField(max_length=INITIALS_LENGTH, blank=True, editable=False, db_index=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    ethnicity = models.CharField(_("ethnicity"), max_length=20, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    id_number = EncryptedTextField(_("ID number"), null=True, blank=True)
    id_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    group = models.CharField(_("party group"), max_length=40, blank=True)
    joined_on = models.DateField(_("joined the Party on"), null=True, blank=True)
    full_member_on = models.DateField(_("full member since"), null=True, blank=True)
    education = models.CharField(_("education"), max_length=20, blank=True)
    occupation = models.CharField(_("occupation"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=120, blank=True)

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="people", verbose_name=_("branch"))
    path = models.CharField(max_length=255, db_index=True, editable=False)
    standing = models.CharField(_("standing"), max_length=12, choices=Standing, default=Standing.FULL)
    category = models.CharField(_("category"), max_length=12, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    submission_id = models.UUIDField(null=True, unique=True, editable=False)  # the form's: two taps, one person
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    voided_at = models.DateTimeField(null=True, editable=False)  # it should never have been; its number is free
    merged_into = models.ForeignKey(  # the file that this voided one turned out to be
        "self", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["category", "standing", "path"], name="person_category_standing_path"),
            models.Index(fields=["unit", "name", "birth_date"], name="person_namesakes"),
            models.Index(fields=["unit", "birth_date"], name="person_born_alike"),
            models.Index(PhoneTail("phone"), name="person_phone_tail"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_member(self):
        return self.standing in MEMBER_STANDINGS


class NameGram(models.Model):
    """All under which a name is found, on both engines by index: each 1- and 2-character fragment (so that two Chinese
    characters suffice), and pinyin and initials of each of its readings."""

    gram = models.CharField(max_length=PINYIN_LENGTH)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gram", "person"], name="namegram_once")]
        indexes = [models.Index(fields=["gram"], name="namegram_front", opclasses=["varchar_pattern_ops"])]


class BranchMembership(Dated):
    """Which unit's roll a person stood on, from–to."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta(Dated.Meta):
        abstract = False
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(to_date__isnull=True, superseded_at__isnull=True),
                name="one_open_membership",
            ),
        ]


class StandingRow(Dated):
    """A person's standing, from–to. `reason` says how a former person left (died, transferred out, removed)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="standings")
    standing = models.CharField(max_length=12, choices=Standing)
    extended_months = models.PositiveSmallIntegerField(null=True)  # this row extends a probation by so many
    reason = models.CharField(max_length=200, blank=True)

    class Meta(Dated.Meta):
        abstract = False
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(to_date__isnull=True, superseded_at__isnull=True),
                name="one_open_standing",
            ),
        ]


class PostHoldingQuerySet(ScopedQuerySet):
    scope_field = "path"
    own_field = "person"


class PostHolding(Dated):
    """A village cadre post (村干部) held from–to. Pay belongs to the post; the holder need not be a party member."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    path = models.CharField(max_length=255, db_index=True, editable=False)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    holder_name = models.CharField(_("holder"), max_length=40)
    title = models.CharField(_("post"), max_length=40)
    division = models.CharField(_("division of work"), max_length=120, blank=True)

    objects = PostHoldingQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("post held")

    def __str__(self):
        return f"{self.holder_name} · {self.title}"
