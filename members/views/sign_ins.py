"""A sign-in for somebody on the roll, who reads their own file by it and nothing else: one tap, and the slip is there
to print."""

from django.contrib.auth.decorators import login_required
from django.views.decorators.cache import never_cache

from members import accounts
from members.access import CONFIRM
from xitun.lib.forms import carried_out

from .people_acts import form_page, page, person_for, posted
from .users import NoFields, slip_page


@login_required
@page
@never_cache
def person_sign_in(request, pk):
    person = person_for(request.user, pk, CONFIRM)
    form, made = NoFields(posted(request)), []

    def act():
        made.append(accounts.open_own_file(by=request.user, person=person))

    if form.is_bound and carried_out(form, act):
        return slip_page(request, made[0])
    account = getattr(person, "user", None)
    return form_page(request, "members/person_sign_in.html", form, person=person, account=account)
