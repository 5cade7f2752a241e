"""The documentary sheet 纪实表 (DOMAIN 2.8): every stage with its day, as the ledger has it."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from projects.workflow import PrintedForm


def forms_of(columns):
    """The sheet has the ledger's own columns, two a line."""
    facts = tuple(replace(column, width=min(column.width, PrintedForm.WIDE - 1)) for column in columns)
    signatures = (_("Branch secretary (signature)"), _("Party committee (seal)"))
    name = _("Documentary sheet of the development of a Party member")
    return (PrintedForm("sheet", name, facts=facts, signatures=signatures),)
