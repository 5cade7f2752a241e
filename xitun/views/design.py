from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.access import CONFIRM, MANAGE, scope_of


@login_required
@require_safe
def design(request):
    """The living page of components, for those who look after the house."""
    scope = scope_of(request.user)
    if not (scope.can(MANAGE) or scope.can(CONFIRM)):
        raise PermissionDenied
    return render(request, "design/index.html")
