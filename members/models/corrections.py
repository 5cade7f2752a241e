from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.access import WRITE, ScopedQuerySet
from xitun.lib.crypto import EncryptedTextField

from .people import Person


class CorrectionRequestQuerySet(ScopedQuerySet):
    """Seen by the person and by who writes at the unit where the person stands now: a request moves with a transfer."""

    scope_field = "person__path"
    own_field = "person"

    def _visible_q(self, scope):
        """Nobody else: what it says may be as confidential as the file."""
        own = Q(person=scope.person_id) if scope.person_id else Q(pk__in=[])
        return scope.q(WRITE, self.scope_field) | own

    def waiting(self):
        return self.filter(state=CorrectionRequest.State.WAITING)

    def answerable_by(self, user):
        """Waiting where `user` writes; one's own is answered by somebody else."""
        return self.writable_by(user).waiting().exclude(person=user.person_id)


class CorrectionRequest(models.Model):
    """Somebody asks that their own file be corrected. A person who writes there accepts or refuses it; nothing of the
    file changes before."""

    class Column(models.TextChoices):
        NAME = "name", _("name")
        ID_NUMBER = "id_number", _("ID number")
        SEX = "sex", _("sex")
        ETHNICITY = "ethnicity", _("ethnicity")
        BIRTH_DATE = "birth_date", _("birth date")
        PHONE = "phone", _("phone")
        GROUP = "group", _("party group")
        JOINED_ON = "joined_on", _("joined the Party on")
        FULL_MEMBER_ON = "full_member_on", _("full member since")
        EDUCATION = "education", _("education")
        OCCUPATION = "occupation", _("occupation")
        ADDRESS = "address", _("address")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("not accepted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="corrections")
    column = models.CharField(_("what is wrong"), max_length=16, choices=Column)
    wrong = EncryptedTextField(_("what is wrong about it"), blank=True)  # either may hold an ID number or a phone
    right = EncryptedTextField(_("what would be right"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    submission_id = models.UUIDField(unique=True, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction request")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at=None) | ~Q(state="waiting") & Q(answered_at__isnull=False),
                name="correction_answered",
            ),
            models.UniqueConstraint(
                fields=["person", "column"],
                condition=Q(state="waiting") & ~Q(column="other"),
                name="one_waiting_correction",
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.get_column_display()}"

    @property
    def is_waiting(self):
        return self.state == self.State.WAITING
