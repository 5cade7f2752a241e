"""Drafts: thrown away by their author, and kept when a form comes in after the sign-in has run out."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import csrf
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from projects.drafts import keep_draft, spend_draft, was_sent, words_of, worth_keeping
from projects.links import safe_next
from projects.models import Draft


def keeps_words(view):
    """For a form's view, outside `login_required`: what is sent too late is not lost but waits for its author."""

    @wraps(view)
    def kept(request, *args, **kwargs):
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            keep_draft(sent=request.POST, query=request.GET)
        answer = redirect_to_login(request.get_full_path())
        return HttpResponseClientRedirect(answer.url) if request.htmx else answer

    return kept


def form_expired(request, reason=""):
    """Django's answer to a form without a valid token. One of ours, sent from a page that was open while its author
    signed in anew, comes back filled; the signature of its `writer` vouches for it, and nothing is saved."""
    if request.method == "POST" and keep_draft(sent=request.POST, query=request.GET):
        return redirect(request.get_full_path())
    return csrf.csrf_failure(request, reason)


def offered(request, form, address):
    """The user's own draft of this form, shown in it; None when there is none or the form was sent. One that came in
    after its own record was saved is spent."""
    draft = None if form.is_bound else Draft.objects.of(request.user).filter(address=address).first()
    if draft and was_sent(draft):
        return None
    if draft:
        form.take_up(words_of(draft))
    return draft


def keep_refused(request, form, writer=""):
    """What was written in a form that was refused stays, should its author go away now."""
    if form.is_bound and worth_keeping(form):
        keep_draft(sent=request.POST, query=request.GET, writer=writer)


def kept_quietly(request):
    """The answer to what the page sends by itself while somebody writes: 204 when it is kept, 422 when it cannot be,
    so that the page does not say it is. None for who pressed the button."""
    if "X-Keep" not in request.headers:
        return None
    draft = keep_draft(sent=request.POST, query=request.GET)
    if draft and was_sent(draft):  # the button was quicker, within this very moment
        spend_draft(by=draft.author_id, address=draft.address)
        return HttpResponse(status=409)
    return HttpResponse(status=204 if draft else 422)


def keep_and_say(request):
    if keep_draft(sent=request.POST, query=request.GET):
        words = _(
            "Kept as a draft for thirty days, on your home page and under “Record”; only you see it. "
            "Chosen photos are not kept."
        )
        messages.success(request, words)
    else:
        messages.error(request, _("It could not be kept. Save the record, or copy your words."))


@login_required
@require_POST
def draft_discard(request, pk):
    draft = get_object_or_404(Draft.objects.of(request.user), pk=pk)
    spend_draft(by=request.user, address=draft.address)
    messages.info(request, _("The draft was thrown away."))
    return redirect(safe_next(request, reverse("quick-record")))
