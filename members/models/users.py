from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Substr
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet
from xitun.lib.dates import today

from .units import Unit


class Role(models.TextChoices):
    SECRETARY = "secretary", _("branch secretary")
    TOWN_STAFF = "town_staff", _("town staff")
    DIRECTOR = "director", _("director")
    ADMIN = "admin", _("administrator")
    READER = "reader", _("reader")
    MEMBER = "member", _("member")


class User(AbstractUser):
    """A sign-in. What it may do comes only from its role grants; Django's own permissions are not used."""

    first_name = None
    last_name = None
    display_name = models.CharField(_("name"), max_length=40, blank=True)
    person = models.OneToOneField(
        "members.Person",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="user",
        verbose_name=_("own file"),
    )
    letter_keys = models.BooleanField(_("single-letter keys"), default=True)
    sign_in_epoch = models.PositiveIntegerField(default=0, editable=False)  # one more ends every session there is

    def get_session_auth_hash(self):
        return self._session_hash()

    def get_session_auth_fallback_hash(self):
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret=None):
        """What a session must carry to be this user's: it changes with the password and with `sign_in_epoch`."""
        value = f"{self.sign_in_epoch}:{self.password}"
        return salted_hmac("members.User.session", value, secret=secret, algorithm="sha256").hexdigest()

    def __str__(self):
        return self.display_name or self.username

    def get_full_name(self):
        return self.display_name

    def get_short_name(self):
        return self.display_name or self.username


ABOVE = range(Unit.steplen, 4 * Unit.steplen + 1, Unit.steplen)  # lengths of the paths of a county, town, branch, group


class RoleGrantQuerySet(ScopedQuerySet):
    scope_field = "unit__path"

    def not_ended(self):
        """Held now or from a day to come."""
        return self.filter(Q(to_date=None) | Q(to_date__gt=today()))

    def in_office(self):
        """Held today, by who may sign in."""
        return self.not_ended().filter(from_date__lte=today(), user__is_active=True)

    def held_above(self, path):
        """Inside a query whose rows have the column `path`: in office there or above."""
        return self.in_office().filter(unit__path__in=[Substr(OuterRef(path), 1, length) for length in ABOVE])


class RoleGrant(models.Model):
    """A role held at a node of the tree, [from_date, to_date). Only an administrator's may cover the whole tree."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    from_date = models.DateField(_("from"))
    to_date = models.DateField(_("to"), null=True, blank=True)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit__isnull=False) | models.Q(role=Role.ADMIN), name="grant_has_unit"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "unit"], condition=models.Q(to_date__isnull=True), name="one_open_grant"
            ),
            models.UniqueConstraint(  # to a database two NULLs are not the same unit
                fields=["user", "role"],
                condition=models.Q(to_date__isnull=True, unit__isnull=True),
                name="one_open_grant_everywhere",
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()}"

    @property
    def path(self):
        """Of its unit; "" is the whole tree."""
        return self.unit.path if self.unit else ""


class Secret(models.Model):
    """A credential kept only as its SHA-256; the plain text is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="%(class)ss")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class SignInSlip(Secret):
    """A printed one-time sign-in with a QR code, for a secretary without e-mail. Spent by POST, never by GET."""

    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)


class Device(Secret):
    """A phone or browser remembered after a slip was used on it."""

    label = models.CharField(max_length=120, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)


class ApiToken(Secret):
    """A personal API token with expiry; carries its user's scope and nothing more."""

    name = models.CharField(_("name"), max_length=60)
    last_used_at = models.DateTimeField(null=True, blank=True)
