"""A copy of one's own data to take away: what is in it, and one button. The file is made by POST only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from members.views.own import own_person
from xitun.lib.dates import today
from xitun.own_copy import copy_own_data
from xitun.own_topics import TOPICS


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_copy(request, pk):
    person = own_person(request.user, pk)
    if request.method == "POST":
        response = HttpResponse(copy_own_data(by=request.user, person=person), content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="my-file-{today():%Y%m%d}.zip"'
        response["Cache-Control"] = "no-store, private"
        return response
    return render(request, "members/person_copy.html", {"person": person, "topics": TOPICS})
