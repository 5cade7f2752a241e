"""The branch's side of the confirmation link: make one, take it back, read the answer."""

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from members.access import WRITE, get_visible, scope_of
from xitun.lib.forms import carried_out
from xitun.lib.names import surname_only

from .forms import NoFields
from .host_links import link_days, make_host_link, note_host_answer, revoke_host_link, stays_with_links
from .models_links import HostLink

SHOWN = 20
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def host_link(request, pk):
    """The links of one stay among the mobile. POST makes a new one and shows it, once. Where the person went on to,
    those of before can be read."""
    user = request.user
    enrolment = get_object_or_404(stays_with_links(user), pk=pk)
    links = HostLink.objects.writable_by(user).filter(enrolment=enrolment).select_related("made_by")
    links, may_ask = list(links.order_by("-made_at", "-pk")[:SHOWN]), scope_of(user).can(WRITE, enrolment.path)
    if not may_ask and (request.method == "POST" or not links):
        raise PermissionDenied
    form, made = NoFields(request.POST if request.method == "POST" else None), []
    if form.is_bound and carried_out(form, lambda: made.extend(make_host_link(by=request.user, enrolment=enrolment))):
        return _made(request, enrolment, *made)
    usable = set(HostLink.objects.usable().filter(enrolment=enrolment).values_list("pk", flat=True))
    context = {
        "form": form,
        "enrolment": enrolment,
        "person": enrolment.person,
        "who": surname_only(enrolment.person.name),
        "days": link_days(enrolment.path),
        "links": [(link, link.pk in usable) for link in links],
        "may_ask": may_ask,
        "usable": bool(usable),
    }
    return render(request, "projects/joint/host_link.html", context, status=422 if form.is_bound else 200)


def _made(request, enrolment, link, token):
    url = request.build_absolute_uri(reverse("host-confirm", args=[token]))
    context = {
        "enrolment": enrolment,
        "person": enrolment.person,
        "who": surname_only(enrolment.person.name),
        "link": link,
        "url": url,
        "qr": segno.make(url, error="m", micro=False).svg_inline(omitsize=True, border=4),
        "only_here": request.get_host().rsplit(":", 1)[0] in LOCAL_HOSTS,
    }
    return render(request, "projects/joint/host_link_made.html", context)


def _link_for(request, pk):
    link = get_visible(HostLink.objects.select_related("enrolment__person"), request.user, pk=pk)
    if not HostLink.objects.writable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return link


@login_required
@require_POST
def host_link_revoke(request, pk):
    link = _link_for(request, pk)
    revoke_host_link(by=request.user, link=link)
    messages.success(request, _("The link no longer works."))
    return redirect("host-link", pk=link.enrolment_id)


@login_required
@require_POST
def host_link_note(request, pk):
    link = _link_for(request, pk)
    note_host_answer(by=request.user, link=link)
    messages.success(request, _("Noted that the answer was read."))
    return redirect("host-link", pk=link.enrolment_id)
