"""The village cadre posts by name: what is usual, and what is in use in a town; and what ends with leaving the roll."""

from .actions.units import ending_roles
from .models import PostHolding, Role, Unit

TITLES = (
    "党支部书记", "党支部副书记", "组织委员", "宣传委员", "纪检委员", "村委会主任", "村委会副主任", "村委会委员",
    "村监委会主任", "村监委会委员", "文书", "会计", "妇联主席", "团支部书记", "民兵连长", "综治专干", "村民小组长",
)  # fmt: skip


def known_titles(user, unit):
    """What is usual, then what else the town of this branch has used, as far as `user` may see it. One query."""
    near = PostHolding.objects.visible_to(user).filter(path__startswith=unit.path[: -Unit.steplen], superseded_at=None)
    used = near.exclude(title__in=TITLES).order_by("title").values_list("title", flat=True).distinct()
    return [*TITLES, *used]


def held_now(user, **whose):
    """The posts that nobody has left, as far as `user` may see them; `whose`: columns, of a person or of a place."""
    rows = PostHolding.objects.visible_to(user).filter(to_date=None, superseded_at=None, **whose)
    return rows.order_by("from_date", "pk")


def roles_ending(person):
    """The names of the roles that end when somebody leaves the roll, but for the reading of their own file."""
    return list(dict.fromkeys(row.get_role_display() for row in ending_roles(person) if row.role != Role.MEMBER))
