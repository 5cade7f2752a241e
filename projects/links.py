"""Addresses of the one record form, the same for all rooms."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from members.access import WRITE, scope_of

from . import registry

SUBJECTS = {"enrolment": "enrolments", "post": "posts", "unit": "units"}


def record_link(kind_code, subject, pk, *, due=None, back=""):
    """The form of a kind ("joint.follow_up") for one subject: /projects/joint/enrolments/17/records/follow-up/new/."""
    project, _dot, kind = kind_code.partition(".")
    url = reverse("record-new", args=[project, SUBJECTS[str(subject)], pk, kind.replace("_", "-")])
    query = urlencode({key: value for key, value in (("due", due), ("next", back)) if value})
    return f"{url}?{query}" if query else url


def kinds_of_due(due):
    """The kinds of record that settle this due, as ("joint.follow_up", Kind), the usual one first."""
    known = registry.duties().get(due.duty)
    return [(f"{known[0].code}.{code}", known[0].kind(code)) for code in known[1].kinds] if known else []


def due_link(due, *, back="", kind=None):
    """The form that settles this due; "" when no kind of record for its subject does."""
    ids = {"enrolment": due.enrolment_id, "post": due.post_id, "unit": due.unit_id}
    for code, declared in kinds_of_due(due):
        if kind in (None, code) and ids[str(declared.subject)]:
            return record_link(code, declared.subject, ids[str(declared.subject)], due=due.pk, back=back)
    return ""


def safe_next(request, default):
    """Where to go after an act: `next` of the form or address when it is the path of one of our own pages, else
    `default`. A bare word would be taken for the name of a route."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if own and url.startswith("/") and len(url) <= 2000 else default


def own_email_page(user):
    """For the page of one's own account: reminders by e-mail, for those who have duties."""
    if scope_of(user).can(WRITE):
        words = _("What is due, as numbers; no names")
        return {"title": _("Reminders by e-mail"), "note": words, "url": reverse("own-email"), "icon": "send"}
    return None
