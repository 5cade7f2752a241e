from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from members import hooks
from members.access import RIGHTS, VIEW_RESTRICTED, WRITE
from members.audit import trace
from members.models import RoleGrant, User
from members.models.enrolments import LIVE
from xitun.lib.dates import today

from .categories import locked


@transaction.atomic
def name_helper(*, by, enrolment, helper):
    """Name who helps this person (DOMAIN 2.4, 2.6, 2.8), or with None nobody: the secretary then does it. What is open
    of the helper's duties goes over to them; what was written stays with its author."""
    row = locked(enrolment, *LIVE)
    if helper and not possible_helpers(row).filter(pk=helper.pk).exists():
        raise ValidationError({"helper": _("This user may not write about people of this branch.")})
    if row.helper_id == getattr(helper, "pk", None):
        return row
    row.helper = helper
    row.version += 1
    row.save()
    for tell in hooks.helper_named:
        tell(row.pk, helper=helper, by=by)
    told = {"category": row.category, "helper": getattr(helper, "pk", None), "name": str(helper or "")}
    trace("name_helper", by=by, obj=row, person=row.person, detail=told)
    return row


def possible_helpers(enrolment):
    """Users who may write about `enrolment` today, from its unit or above; for a restricted one, who see it too."""
    return helpers_at(enrolment.path, restricted=enrolment.restricted)


def helpers_at(path, *, restricted):
    """Users who may write today about all who stand at `path` and below; `restricted`: and see such enrolments."""
    asked = {WRITE, VIEW_RESTRICTED} if restricted else {WRITE}
    day = today()
    grants = RoleGrant.objects.filter(
        Q(to_date=None) | Q(to_date__gt=day),
        from_date__lte=day,
        unit__path__in=[path[:end] for end in range(4, len(path) + 1, 4)],
        role__in=[role for role, rights in RIGHTS.items() if asked <= rights],
    )
    return User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("display_name", "pk")
