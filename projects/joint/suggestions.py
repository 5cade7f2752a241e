"""Who has come home, as a record says, and still stands among those away."""

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.models import Category
from members.suggestions import Rule, active

from .models import Homecoming


def came_home(user, day):
    """Only the homecoming recorded of this very absence counts: who left again has another enrolment."""
    records = Homecoming.objects.filter(record__subjects__enrolment=OuterRef("pk"), record__voided_at=None)
    last = records.filter(returned_on__lte=day).order_by("-returned_on").values("returned_on")[:1]
    return active(user, Category.MOBILE).annotate(fact_on=Subquery(last)).filter(fact_on__isnull=False)


RULES = (
    Rule(
        "came_home",
        _("Came home"),
        _("came home on %(day)s"),
        came_home,
        lambda row, _reason: reverse("category-come-home", args=[row.pk]),
        _("Look"),
    ),
)
