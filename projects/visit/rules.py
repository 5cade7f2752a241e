"""Decisions of the service project: pure functions over values."""


def may_enter(*, retired_on, day, agrees=True):
    """Retired from a post in a unit, as the survey states; a named person decides (DOMAIN §2)."""
    return agrees and retired_on is not None and retired_on <= day
