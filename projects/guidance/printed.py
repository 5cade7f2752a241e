"""The action card 行动卡 of a member without a post (DOMAIN 2.2), to hang up and to sign."""

from django.utils.translation import gettext_lazy as _

from projects.workflow import Column, PrintedForm, RecordTable

FORMS = (
    PrintedForm(
        "action_card",
        _("Action card of a Party member"),
        facts=(
            Column("name", _("name"), "person.name"),
            Column("phone", _("contact phone"), "person.phone"),
            Column("branch", _("Party branch"), "unit.name", width=PrintedForm.WIDE),
            Column("post", _("service post"), "last:post_taken.post"),
            Column("households", _("households in contact"), "last:household_contact.households"),
            Column("duties", _("responsibilities"), "last:post_taken.duties", width=PrintedForm.WIDE),
        ),
        tables=(
            RecordTable(
                "card_promise",
                (
                    Column("aspect", _("aspect"), "detail.aspect"),
                    Column("promise", _("promise"), "detail.promise"),
                    Column("due", _("to be kept by"), "detail.due_on", "date"),
                ),
                rows=5,
            ),
            RecordTable(
                "card_progress",
                (
                    Column("day", _("date"), "record.happened_on", "date"),
                    Column("progress", _("progress"), "detail.progress"),
                    Column("evidence", _("evidence"), "detail.evidence"),
                    Column("comment", _("the branch's comment"), "detail.comment"),
                ),
                rows=4,
            ),
        ),
        signatures=(_("Branch secretary (signature)"), _("Member (signature)")),
    ),
)
