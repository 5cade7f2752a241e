"""Pages of a list by the key of their last row: page 1000 costs what page 1 costs, and a row that arrives meanwhile
moves nothing."""

from dataclasses import dataclass

from django.db.models import Q

COUNT_LIMIT = 10_000


@dataclass(frozen=True)
class Page:
    """`rows` of this page; `before` and `after` are the cursors of its neighbours (primary keys where the rows are of
    one table), or None."""

    rows: list
    before: int | str | None
    after: int | str | None

    def __iter__(self):
        return iter(self.rows)

    def __bool__(self):
        return bool(self.rows)


def keyset_page(queryset, order, params, size=50, read=()):
    """The page that `?after=PK` or `?before=PK` in `params` asks for; the first one when that row is not in the list.

    `order`: names of columns or annotations that are never NULL, each with "-" for descending, the last one unique.
    `read`: names of columns, the rows then being named tuples instead of models, which cost ten times as much.
    """
    backwards = "before" in params
    key = _key_of(queryset, order, params.get("before") or params.get("after"))
    backwards = backwards and key is not None
    wanted = [_flipped(name) for name in order] if backwards else list(order)
    rows = queryset.order_by(*wanted)
    if key is not None:
        rows = rows.filter(_beyond(wanted, key))
    rows = list((rows.values_list(*read, named=True) if read else rows)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_before, has_after = (more, True) if backwards else (key is not None, more)
    return Page(rows, rows[0].pk if rows and has_before else None, rows[-1].pk if rows and has_after else None)


def capped_count(queryset, limit=COUNT_LIMIT):
    """(number, whether there are more): counting stops at `limit`, which on a province is what makes it quick."""
    number = queryset.order_by()[: limit + 1].count()
    return min(number, limit), number > limit


def _key_of(queryset, order, pk):
    if not (pk and pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return queryset.filter(pk=pk).order_by().values_list(*(name.lstrip("-") for name in order)).first()


def _flipped(name):
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def _beyond(order, key):
    """Q of the rows that come after `key`. The first column is said once more alone, so that its index is used."""
    beyond, same = Q(), Q()
    for name, value in zip(order, key, strict=True):
        field, step = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        beyond |= same & Q(**{f"{field}__{step}": value})
        same &= Q(**{field: value})
    first, step = order[0].lstrip("-"), "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{step}": key[0]}) & beyond
