"""Records half written: kept for their author alone, encrypted, until they are sent, thrown away or thirty days old.

Half a thought is not yet said of anybody: it leaves no trace, and it may be destroyed. Who sends a form after the
sign-in has run out is nobody to the program; the form therefore bears, signed, whose it is, and what was written waits
for that person and for no one else who signs in at the same machine.
"""

import json
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core import signing
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from members.audit import trace
from members.models import User

from .models import Draft, Record
from .words import kind_name

KEPT_FOR = timedelta(days=30)
LARGEST = 60_000  # characters of all that was written
SALT = "projects.drafts"
NOT_WRITTEN = {"csrfmiddlewaretoken", "writer", "draft", "next"}
QUERY_LENGTH = 600


def signed_writer(user, target, address):
    """Whose form this is, for its hidden field `writer`."""
    columns = {
        "kind": target.kind_code,
        "unit": target.unit.pk,
        "enrolment": target.enrolment and target.enrolment.pk,
        "post": target.post and target.post.pk,
        "restricted": bool(target.project.restricted or (target.enrolment and target.enrolment.restricted)),
    }
    return signing.dumps([user.pk, address, columns], salt=SALT)


@transaction.atomic
def keep_draft(*, sent, query, writer=""):
    """Keep what a form of ours sent (a QueryDict with its `writer`, unless another is given), in the place of what its
    author had kept of it before. `query` {name: value} of its address. Returns the Draft; None when the form is not
    ours or far too long."""
    try:
        author, address, columns = signing.loads(writer or sent.get("writer", ""), salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
    words = json.dumps({name: values for name, values in sent.lists() if name not in NOT_WRITTEN}, ensure_ascii=False)
    if len(words) > LARGEST or not User.objects.filter(pk=author, is_active=True).exists():
        return None
    came_from = urlencode({name: query[name] for name in ("due", "next") if query.get(name)})
    ids = {f"{name}_id": columns.pop(name) for name in ("unit", "enrolment", "post")}
    values = columns | ids | {"words": words, "kept_at": timezone.now()}
    values["query"] = came_from if len(came_from) <= QUERY_LENGTH else ""
    return Draft.objects.update_or_create(author_id=author, address=address, defaults=values)[0]


@transaction.atomic
def spend_draft(*, by, address):
    """What was kept of a form is sent, or is wanted no more."""
    return bool(Draft.objects.filter(author=by, address=address).delete()[0])


@transaction.atomic
def expire_drafts():
    """Destroy what nobody has gone on with for thirty days. Returns how many."""
    count, _each = Draft.objects.filter(kept_at__lt=timezone.now() - KEPT_FOR).delete()
    if count:
        trace("expire_drafts", by=None, detail={"drafts": count})
    return count


def drafts_of(user, number):
    """The newest drafts of a user, with what a line of them says. One query."""
    rows = Draft.objects.of(user).select_related("unit", "enrolment__person", "post__person").defer("words")
    drafts = list(rows.order_by("-kept_at")[:number])
    for draft in drafts:
        draft.what = kind_name(draft.kind)
    return drafts


def _words(draft):
    """{field: [values]}; nothing where it cannot be read."""
    try:
        return json.loads(draft.words)
    except ValueError:
        return {}


def was_sent(draft):
    """Whether its form has made a record since: what the page keeps by itself may arrive after the button."""
    try:
        submission = UUID(_words(draft).get("submission_id", [""])[-1])
    except ValueError:
        return False
    return Record.objects.filter(submission_id=submission, author=draft.author_id).exists()


def words_of(draft):
    """What the form sent, as a QueryDict; empty where it cannot be read."""
    data = QueryDict(mutable=True)
    for name, values in _words(draft).items():
        data.setlist(name, values)
    return data


def worth_keeping(form):
    """Whether somebody has written anything; ticks and dates alone are not worth it."""
    written = [name for name in form.changed_data if isinstance(form.fields[name], forms.CharField)]
    return any(form[name].data for name in written if not form[name].is_hidden)
