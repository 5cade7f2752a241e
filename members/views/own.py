"""What somebody with a file of their own may do with it, and nobody else: see who looked."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from members.access import get_visible
from members.looks import looks_of, told
from members.models import Person
from xitun.lib.keyset import keyset_page

PAGE_SIZE = 50


def own_person(user, pk):
    """The user's own file: 404 when out of scope, 403 when it is somebody else's."""
    person = get_visible(Person.objects.select_related("unit"), user, pk=pk)
    if person.pk != user.person_id:
        raise PermissionDenied
    return person


@login_required
@require_safe
def looks(request, pk):
    """Who looked at what is restricted or masked, and who changed the file, newest first."""
    person = own_person(request.user, pk)
    page = keyset_page(looks_of(request.user), ("-pk",), request.GET, PAGE_SIZE)
    context = {"person": person, "page": page, "looks": told(page), "back_url": reverse("person", args=[person.pk])}
    return render(request, "members/person_looks.html", context)
