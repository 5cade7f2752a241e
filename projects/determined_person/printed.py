"""The help card 帮扶卡 (DOMAIN 2.4): what is needed, who helps, the measures, the contacts of the year."""

from django.utils.translation import gettext_lazy as _

from projects.workflow import Column, PrintedForm, RecordTable

FORMS = (
    PrintedForm(
        "help_card",
        _("Help card"),
        facts=(
            Column("name", _("name"), "person.name"),
            Column("phone", _("contact phone"), "person.phone"),
            Column("branch", _("Party branch"), "unit.name", width=PrintedForm.WIDE),
            Column("cause", _("kind of hardship"), "last:profile.cause"),
            Column("household", _("household size"), "last:profile.household", "number"),
            Column("helper", _("responsible helper"), "last:pairing.helper_name"),
            Column("change", _("direction"), "last:ledger_update.change"),
        ),
        tables=(
            RecordTable(
                "measure",
                (
                    Column("measure", _("help measures"), "detail.content"),
                    Column("since", _("put into effect on"), "detail.starts_on", "date"),
                ),
                rows=5,
                whole_stay=True,
            ),
            RecordTable(
                "contact",
                (
                    Column("day", _("date"), "record.happened_on", "date"),
                    Column("said", _("what was said and done"), "record.narrative"),
                ),
                rows=6,
            ),
        ),
        signatures=(_("Helper (signature)"), _("Branch secretary (signature)"), _("Member (signature)")),
    ),
)
