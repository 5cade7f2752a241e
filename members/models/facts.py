from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet

from .people import Person


class FactUnknownQuerySet(ScopedQuerySet):
    """Goes with the person when they move to another branch."""

    scope_field = "person__path"
    own_field = "person"


class FactUnknown(models.Model):
    """Nobody could say this fact of a person: it is not asked for again before `until`."""

    class Fact(models.TextChoices):
        """Columns of Person."""

        ID_NUMBER = "id_number", _("ID number")
        BIRTH_DATE = "birth_date", _("birth date")
        PHONE = "phone", _("phone")
        JOINED_ON = "joined_on", _("joined the Party on")
        FULL_MEMBER_ON = "full_member_on", _("full member since")
        EDUCATION = "education", _("education")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="unknown_facts")
    fact = models.CharField(max_length=16, choices=Fact)
    until = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = FactUnknownQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact not known")
        constraints = [models.UniqueConstraint(fields=["person", "fact", "until"], name="fact_unknown_once")]

    def __str__(self):
        return f"{self.person} · {self.get_fact_display()}"
