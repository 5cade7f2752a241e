"""What follows from a record of this room besides its dues."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from members.models import Enrolment

from .models import Homecoming
from .models_links import HostLink


def keep_answer(record, new):
    """Told by the engine: an answer that came through a link is read in the version that holds."""
    HostLink.objects.filter(record=record).update(record=new)


def end_being_away(user, record):
    """Who is written down as home still stands among those who are away until that is ended, too."""
    home = Homecoming.objects.filter(record=record).first()
    row = home and Enrolment.objects.writable_by(user).live().filter(record_rows__record=record).first()
    if not row:
        return None
    address = reverse("category-come-home", args=[row.pk])
    return _("Still among the mobile members: end that"), f"{address}?{urlencode({'on': home.returned_on})}"
