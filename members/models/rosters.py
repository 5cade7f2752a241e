import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet
from xitun.lib.crypto import EncryptedTextField

from .enrolments import Category
from .people import Person, Standing, StandingRow
from .units import Unit


class RosterImport(models.Model):
    """An uploaded roster on its way in: judged, shown, and after a person's confirmation written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    path = models.CharField(max_length=255, db_index=True, editable=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    file_name = models.CharField(max_length=200, blank=True)
    on = models.DateField(_("holds from"))
    direct = models.BooleanField(default=False)  # the importer may confirm categories; else they are proposed
    skipped = models.JSONField(default=list)  # [sheet name, code of layout.WHY]
    headings = EncryptedTextField(null=True)  # with samples from below them, until it is written: roster.mapping
    asking = models.BooleanField(default=False, db_default=False)  # a person has to say first what headings mean
    busy = models.BooleanField(default=False, db_default=False)  # a worker has it: members.roster.background
    confirmed_at = models.DateTimeField(null=True, blank=True)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster import")


class RosterPiece(models.Model):
    """A piece of the uploaded file, kept encrypted so that it can be judged again or handed back marked. Destroyed when
    the roster is written or thrown away."""

    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = EncryptedTextField()  # Base64

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "number"], name="rosterpiece_once")]


class ColumnMapping(models.Model):
    """What an office says one of its headings means. Never changed: superseded by the next that it says."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")  # the office: a town
    path = models.CharField(max_length=255, db_index=True, editable=False)
    heading = models.CharField(max_length=60)  # its key: members.roster.columns.keys_of
    column = models.CharField(max_length=20, blank=True)  # "" is one to leave out
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("meaning of a heading")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "heading"], condition=models.Q(superseded_at=None), name="columnmapping_once"
            )
        ]


class RosterLine(models.Model):
    """One line of a roster, staged: what was judged, and the cleaned values until they are written; of a refused one
    the cells as they were read, so that they can be mended. After the writing only the judgement stays; an import never
    confirmed is destroyed with its lines."""

    class Effect(models.TextChoices):
        REFUSED = "", _("refused")
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        BY_HAND = "by_hand", _("to be settled by hand")
        ELSEWHERE = "elsewhere", _("on another roll")
        LEFT_OUT = "left_out", _("left out")

    class Settled(models.TextChoices):
        """What a person said of a line that no file decides."""

        SAME = "same", _("is this person")
        NEW = "new", _("is somebody new")
        OUT = "out", _("is left out")

    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()  # place in the file, over all sheets
    sheet = models.CharField(max_length=100, null=True)
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=6)
    reasons = models.JSONField(default=list)
    suggestions = models.JSONField(default=dict)
    effect = models.CharField(max_length=9, choices=Effect, blank=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    former_number = models.BooleanField(default=False, db_default=False)  # the person bears another one now
    former_name = models.BooleanField(default=False, db_default=False)
    settled = models.CharField(max_length=4, choices=Settled, blank=True, default="", db_default="")
    settled_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    name = models.CharField(max_length=40, blank=True)
    pinyin = models.CharField(max_length=120, blank=True)
    initials = models.CharField(max_length=20, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    ethnicity = models.CharField(max_length=20, blank=True)
    birth_date = models.DateField(null=True)
    id_number = EncryptedTextField(null=True)
    id_hash = models.CharField(max_length=64, null=True)
    phone = models.CharField(max_length=20, blank=True)
    group = models.CharField(max_length=40, blank=True)
    joined_on = models.DateField(null=True)
    full_member_on = models.DateField(null=True)
    education = models.CharField(max_length=20, blank=True)
    occupation = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=120, blank=True)
    standing = models.CharField(max_length=12, choices=Standing, blank=True)
    category = models.CharField(max_length=12, choices=Category, blank=True)
    also = models.CharField(max_length=120, blank=True)  # further categories: " elderly mobile "
    about_category = models.CharField(max_length=200, blank=True)  # becomes the enrolment's reason
    post = models.CharField(max_length=40, blank=True)
    raw = EncryptedTextField(null=True)  # the cells of a refused line: members.roster.mend

    class Meta:
        verbose_name = _("line of a roster")
        indexes = [
            models.Index(fields=["roster", "effect", "number"], name="rosterline_effect"),
            models.Index(fields=["roster", "id_hash"], name="rosterline_id_hash"),
            models.Index(fields=["roster", "unit", "name"], name="rosterline_namesakes"),
        ]
        constraints = [models.UniqueConstraint(fields=["roster", "number"], name="rosterline_once")]


class RosterFormer(models.Model):
    """What stood of a person before a roster changed it, so that the import can be taken back (members.roster.undo);
    destroyed with the days in which it can."""

    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="formers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    reading = models.CharField(max_length=80, blank=True)
    pinyin = models.CharField(max_length=120, blank=True)
    initials = models.CharField(max_length=20, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    ethnicity = models.CharField(max_length=20, blank=True)
    birth_date = models.DateField(null=True)
    phone = models.CharField(max_length=20, blank=True)
    group = models.CharField(max_length=40, blank=True)
    joined_on = models.DateField(null=True)
    full_member_on = models.DateField(null=True)
    education = models.CharField(max_length=20, blank=True)
    occupation = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=120, blank=True)
    id_number = EncryptedTextField(null=True)
    id_hash = models.CharField(max_length=64, null=True)
    category = models.CharField(max_length=12, blank=True)
    standing = models.CharField(max_length=12)
    standing_row = models.ForeignKey(StandingRow, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("file before a roster changed it")
        constraints = [models.UniqueConstraint(fields=["roster", "person"], name="rosterformer_once")]
