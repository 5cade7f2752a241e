"""A ledger that leaves the house: Excel, Word, or a page to print. All hold the rows of the page, all leave a trace; a
restricted one asks for the purpose first."""

from tempfile import TemporaryFile

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from members import access
from projects.ledger_sheets import PAPER_LIMIT, file_name, footer, ledger_sheets, ledger_table, signatures
from xitun.lib.documents import shares, write_docx
from xitun.lib.sheets import write_xlsx

from .ledgers import asked, leave_trace, lines_of

MAKE = {
    "xlsx": gettext_lazy("Make the Excel file"),
    "docx": gettext_lazy("Make the Word file"),
    "print": gettext_lazy("Show the page to print"),
}


class PurposeForm(forms.Form):
    purpose = forms.CharField(label=gettext_lazy("What do you need it for?"), max_length=200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ledger_file(request, project, form):
    """The ledger in one of the forms of MAKE."""
    filtered, found = asked(request, project)
    access.require(request.user, access.EXPORT, found.unit.path)
    if filtered.errors:
        return _refused(request, _("No file was made: put the filter of the ledger right first."))
    if form != "xlsx" and found.count > PAPER_LIMIT:
        words = _("These are %(n)s lines, too many for paper. Choose a town or a branch, or take the Excel file.")
        return _refused(request, words % {"n": f"{found.count:,}"})
    purpose = PurposeForm(request.POST if request.method == "POST" else None)
    restricted = found.project.restricted
    if restricted and not (request.method == "POST" and purpose.is_valid()):
        return _ask_purpose(request, found, purpose, form)
    words = purpose.cleaned_data["purpose"] if restricted else _("routine work")
    with transaction.atomic():
        leave_trace("export_ledger", request, found, purpose=words, form=form)
        return _print(request, found) if form == "print" else _file(found, form)


def _file(found, form):
    file = TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    if form == "docx":
        write_docx(file, ledger_table(found))
    else:
        write_xlsx(file, ledger_sheets(found))
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=file_name(found.project.people, found.unit, found.on, ending=form)
    )


def _print(request, found):
    context = {
        "page_title": _("%(unit)s: ledger of %(people)s") % {"unit": found.unit, "people": found.project.people},
        "ledger": found,
        "lines": lines_of(found),
        "shares": [f"{100 * share:.1f}" for share in shares(found.head)],
        "footer": footer(request.user),
        "signatures": signatures(),
        "back_url": _page(request, found),
    }
    return render(request, "projects/ledger_print.html", context)


def _page(request, found):
    return f"{reverse('ledger', args=[found.project.code])}?{request.GET.urlencode()}"


def _refused(request, reason):
    return render(request, "400.html", {"reason": reason}, status=400)


def _ask_purpose(request, found, purpose, form):
    context = {
        "page_title": _("Export of the ledger of %(people)s") % {"people": found.project.people},
        "form": purpose,
        "cancel_url": _page(request, found),
        "unit": found.unit,
        "as_of": found.as_of,
        "submit": MAKE[form],
    }
    return render(request, "projects/ledger_purpose.html", context, status=422 if purpose.errors else 200)
