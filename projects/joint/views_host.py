"""The page a host Party organisation answers on, without an account.

Whoever has the address may open it, so it shows the least: which branch asks, and the surname. That is enough for who
knows the member or asks the branch, and useless to a stranger; no phone, ID number or place ever stands here.

Every link that cannot be answered — unknown, used, revoked, expired, ended — is the same 404: a 410 would tell that
it had been one. The referrer policy stays the house's `same-origin`: no other site learns the address, while
`no-referrer` would make browsers send `Origin: null`, which fails the CSRF check, in WeChat's browser too.
"""

from functools import wraps

from allauth.core.internal import ratelimit
from axes.helpers import get_client_ip_address
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from xitun.lib.forms import carried_out
from xitun.lib.names import surname_only

from .forms import HostAnswerForm
from .host_links import answer_host_link, find_link, hash_of, town_of

# A whole office sits behind one address; 192 bits are not guessed in millions of tries.
LIMITS = {"unknown": "20/15m/key", "sent": "20/15m/key"}


def unlisted(view):
    """Kept by no browser, proxy or search engine."""

    @wraps(view)
    def wrapped(*args, **kwargs):
        response = view(*args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return wrapped


def _within(request, action, key, *, look=False):
    """Whether `key` may do this once more within the limit; `look` counts nothing."""
    told = {"app": "allauth.account", "action": f"host-{action}", "config": {f"host-{action}": LIMITS[action]}}
    return bool(ratelimit.consume(request, key=key, limit_get=True, dry_run=look, **told))


@require_http_methods(["GET", "HEAD", "POST"])
@unlisted
def host_confirm(request, token):
    """GET asks and changes nothing: link previews fetch it. POST answers, once."""
    address = str(get_client_ip_address(request))
    sending = request.method == "POST"
    if not _within(request, "unknown", address, look=True) or (
        sending and not _within(request, "sent", hash_of(token))
    ):
        return render(request, "projects/joint/host_wait.html", status=429)
    link = find_link(token)
    if link is None:
        _within(request, "unknown", address)
        return _dead(request)
    form = HostAnswerForm(request.POST if sending else None)
    if sending and carried_out(form, lambda: answer_host_link(link=link, **form.cleaned_data)):
        return redirect("host-thanks")
    if sending and find_link(token) is None:  # the other tap of a double tap was first
        return _dead(request)
    context = {
        "form": form,
        "unit": link.enrolment.unit,
        "town": town_of(link),
        "who": surname_only(link.enrolment.person.name),
        "until": link.expires_at,
    }
    return render(request, "projects/joint/host_confirm.html", context, status=422 if sending else 200)


def _dead(request):
    return render(request, "projects/joint/host_dead.html", status=404)


@require_safe
@unlisted
def host_thanks(request):
    return render(request, "projects/joint/host_thanks.html")
