from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.access import VIEW, WRITE, ScopedQuerySet, scope_of
from xitun.lib.dates import today

from .people import Person
from .units import Unit


class TransferQuerySet(ScopedQuerySet):
    """Both sides see a transfer: the branch that sends and the one that is to receive."""

    own_field = "person"

    def waiting(self):
        return self.filter(state=Transfer.State.WAITING)

    def _visible_q(self, scope):
        return super()._visible_q(scope) | _at_receiver(scope, VIEW)

    def writable_by(self, user, right=WRITE):
        scope = scope_of(user)
        return self.filter(scope.q(right, "path") | _at_receiver(scope, right))


def _at_receiver(scope, right):
    return Q(to_unit__isnull=False) & scope.q(right, "to_path")


class Transfer(models.Model):
    """A person's party relation (组织关系) on its way to another branch. Until receipt the person stands on the roll of
    `unit` and is counted there alone (DOMAIN §6, 18). `elsewhere` names an organisation that is not kept here."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for receipt")
        RECEIVED = "received", _("received")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="transfers")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=255, db_index=True, editable=False)
    to_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    to_path = models.CharField(max_length=255, blank=True, db_index=True, editable=False)
    elsewhere = models.CharField(max_length=80, blank=True)
    letter_on = models.DateField()
    valid_until = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_on = models.DateField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_reason = models.CharField(max_length=200, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="waiting"), name="one_open_transfer"),
            models.CheckConstraint(
                condition=Q(to_unit__isnull=False, elsewhere="") | (Q(to_unit__isnull=True) & ~Q(elsewhere="")),
                name="transfer_to_one_place",
            ),
        ]

    def __str__(self):
        return f"{self.person} → {self.to}"

    @property
    def to(self):
        return str(self.to_unit) if self.to_unit else self.elsewhere

    @property
    def expired(self):
        """The letter is no longer valid, and nobody has answered."""
        return self.state == self.State.WAITING and self.valid_until < today()
