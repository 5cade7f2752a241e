"""The administrator's home: what does not work, who cannot come in, the work in the background. Nothing of what is owed
to whom."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.accounts import accounts_for, never_signed_in
from members.models import Job, Person, Role, Unit
from members.vacancies import has_secretary
from xitun.doctor import examine
from xitun.lib.dates import Quarter, today

from .standing_out import link, row, stat

JOBS = 5
NAMED = 3
KINDS = {
    "judge_roster": gettext_lazy("Checking a roster"),
    "write_roster": gettext_lazy("Entering a roster"),
}
TONES = {Job.State.DONE: "green", Job.State.FAILED: "red", Job.State.RUNNING: "blue", Job.State.WAITING: "amber"}


def admin_page(request):
    user = request.user
    accounts = accounts_for(user)
    members = Person.objects.visible_to(user).members().count()
    units = Unit.objects.visible_to(user).branches().current(today())
    branches, findings = units.count(), examine()
    context = {
        "branches": branches,
        "quarter": Quarter.of(today()),
        "stats": [
            stat(_("Branches"), branches, link("units")),
            stat(_("Party members"), members, link("people", standing="members")),
            stat(_("Users"), accounts.count(), link("users")),
            stat(_("Never signed in"), never_signed_in(accounts).count(), link("users", state="never")),
        ],
        "vacant": _vacant(units),
        "jobs": [_job(job) for job in Job.objects.visible_to(user).select_related("by").order_by("-created_at")[:JOBS]],
        "troubles": [found for found in findings if found.state != "ok"],
        "well": [found for found in findings if found.state == "ok"],
    }
    return render(request, "xitun/home_admin.html", context)


def _vacant(units):
    """The line of components/row.html about branches nobody can sign in for, or None."""
    names = [unit.short_name for unit in units.filter(~has_secretary()).order_by("path")]
    if not names:
        return None
    n = len(names)
    words = ngettext("%(n)s branch has no secretary", "%(n)s branches have no secretary", n) % {"n": n}
    note = _(", ").join(names[:NAMED])
    note = note if n <= NAMED else _("%(names)s and others") % {"names": note}
    return row(_("Nobody in charge"), "red", words, note, "", link("users", role=str(Role.SECRETARY)))


def _job(job):
    return {
        "title": KINDS.get(job.kind, job.kind),
        "by": job.by,
        "at": job.created_at,
        "state": job.get_state_display(),
        "tone": TONES.get(job.state, ""),
        "error": job.error,
    }
