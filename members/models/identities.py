from django.db import models
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet
from xitun.lib.crypto import EncryptedTextField

from .dated import Dated
from .people import Person


class FormerIdentityQuerySet(ScopedQuerySet):
    scope_field = "person__path"
    own_field = "person"

    def borne(self):
        """What somebody did bear: not what was taken back."""
        return self.filter(superseded_at=None)


class FormerIdentity(Dated):
    """A name or ID number a person bore until `to_date`, with what showed the change. A column that did not change is
    empty. An old number still says whose file it is."""

    class Evidence(models.TextChoices):
        REGISTER = "register", _("household register")
        CARD = "card", _("ID card")
        POLICE = "police", _("certificate of the police station")
        MERGE = "merge", _("another file of the same person")  # written by a merge, never chosen

    PAPERS = Evidence.choices[:-1]

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="former_identities")
    name = models.CharField(_("name"), max_length=40, blank=True)
    id_number = EncryptedTextField(_("ID number"), null=True, blank=True)
    id_hash = models.CharField(max_length=64, null=True, blank=True, db_index=True, editable=False)
    evidence = models.CharField(_("evidence"), max_length=10, choices=Evidence)
    reason = models.CharField(_("reason"), max_length=200)

    objects = FormerIdentityQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
