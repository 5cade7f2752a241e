"""Away, and back again: one page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.utils.translation import gettext as _

from members import actions
from members.forms_absences import AwayForm, BackForm
from members.models import Absence
from xitun.lib.forms import carried_out

from .people_acts import form_page, page, person_for, posted, to_person


@login_required
@page
def person_away(request, pk):
    """Somebody is away, or is back: which form is shown depends on what is noted, which is read on what was sent."""
    person = person_for(request.user, pk)
    absence = Absence.objects.visible_to(request.user).open().filter(person=person).first()
    back = request.POST.get("act") == "back" if request.method == "POST" else absence is not None
    form = (BackForm if back else AwayForm)(posted(request))

    def act():
        said = {name: value for name, value in form.cleaned_data.items() if name != "act"}
        note = actions.note_return if back else actions.note_absence
        note(by=request.user, person=person, **said)

    if form.is_bound and carried_out(form, act):
        words = _("%(name)s is back.") if back else _("Noted that %(name)s is away.")
        messages.success(request, words % {"name": person.name})
        return to_person(person)
    return form_page(request, "members/person_away.html", form, person=person, absence=absence, back=back)
