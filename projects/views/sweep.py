from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from members import access
from projects import actions


@login_required
@require_POST
def open_duties(request):
    """Open the present quarter's duties now instead of waiting for the night."""
    access.require(request.user, access.CONFIRM)
    opened = actions.open_duties(by=request.user)
    messages.success(request, ngettext("%(n)s duty opened.", "%(n)s duties opened.", opened) % {"n": opened})
    return redirect("home")
