"""Rules that hold for every answer and every request."""

from django.http import HttpResponse, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

NUL = "\x00"


class CompressPages(GZipMiddleware):
    """Pages travel at a sixth of their size (with Django's random padding against BREACH); files are compressed as they
    are made, or not at all."""

    def process_response(self, request, response):
        page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
        return super().process_response(request, response) if page else response


class NoStore:
    """What a signed-in person sees is personal: no browser or proxy keeps it, unless the view said otherwise."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        return response


class SayNotAllowed:
    """An address that only takes forms, opened by itself (a page loaded anew, a link after signing in): words and a way
    on, not a blank page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 405 and "text/html" in request.headers.get("Accept", "") and not response.content:
            response.content = render_to_string("405.html", request=request)
            response["Content-Type"] = "text/html; charset=utf-8"
        return response


class RejectNul:
    """No field of ours holds a NUL byte, and PostgreSQL refuses it: a clear 400 instead of a server error."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if any(NUL in value for value in request.COOKIES.values()):
            request.COOKIES = {name: value for name, value in request.COOKIES.items() if NUL not in value}
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        form = request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data")
        if NUL in request.path or _has_nul(request.GET):
            return _refuse(request)
        if request.method == "POST" and form and (_has_nul(request.POST) or _nul_in_names(request.FILES)):
            return _refuse(request)
        return None


def _has_nul(query) -> bool:
    return any(NUL in key or any(NUL in value for value in values) for key, values in query.lists())


def _nul_in_names(files) -> bool:
    return any(NUL in key or any(NUL in (f.name or "") for f in values) for key, values in files.lists())


def _refuse(request):
    text = _("The request holds a NUL character, which no text may contain. Remove it and send again.")
    if request.headers.get("Accept", "").startswith("application/json") or request.path.startswith("/api/"):
        return JsonResponse({"detail": text}, status=400)
    return HttpResponse(render_to_string("400.html", {"reason": text}, request=request), status=400)
