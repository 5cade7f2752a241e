from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.audit import trace
from members.models import SavedFilter
from members.saved_filters import MOST, is_list, kept_part


@transaction.atomic
def save_filter(*, by, page, name, query):
    """Keep a list's filters under a name, in the place of what bore that name before. `page` is the path of a list,
    `query` its address after the question mark. Raises ValidationError."""
    name, query = " ".join(name.split()), kept_part(query)
    if not is_list(page) or len(page) > SavedFilter._meta.get_field("page").max_length:
        raise ValidationError(_("This page has no filters to keep."))
    if not name or len(name) > SavedFilter._meta.get_field("name").max_length:
        raise ValidationError(_("Give it a name of at most 30 characters."))
    if not query or len(query) > SavedFilter._meta.get_field("query").max_length:
        raise ValidationError(_("Choose a filter first, then keep it. Words to search for are not kept."))
    own = SavedFilter.objects.of(by).filter(page=page)
    if not own.filter(name=name).exists() and own.count() >= MOST:
        raise ValidationError(_("You keep %(n)s filters here already. Remove one first.") % {"n": MOST})
    row, _made = SavedFilter.objects.update_or_create(user=by, page=page, name=name, defaults={"query": query})
    trace("save_filter", by=by, obj=row, detail={"page": page})
    return row


@transaction.atomic
def drop_filter(*, by, row):
    """A convenience of its owner alone; nothing that was written is lost with it."""
    trace("drop_filter", by=by, obj=row, detail={"page": row.page})
    row.delete()
