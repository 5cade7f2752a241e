"""Decisions of the prosperity project: pure functions over values."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PROMISES_A_YEAR = (3, 5)  # DOMAIN 2.2


def may_enter(*, is_member, holds_post):
    """A party member who holds no post (DOMAIN §2)."""
    return is_member and not holds_post


def promises_enough(count):
    """Whether a card carries three to five promises for the year."""
    least, most = PROMISES_A_YEAR
    return least <= count <= most


def check_record(kind, entry):
    if kind == "card_promise" and entry.detail["due_on"] < entry.happened_on:
        raise ValidationError({"due_on": _("A promise cannot be due before it is made.")})
    named = (entry.detail.get("entity_name") or "").strip()
    if kind == "team_entry" and entry.detail.get("entity", "none") != "none" and not named:
        raise ValidationError({"entity_name": _("Name the entity this member leads.")})
