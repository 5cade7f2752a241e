"""The papers of the mobile members (DOMAIN 2.3): 流出登记表, 联系记录."""

from django.utils.translation import gettext_lazy as _

from projects.workflow import Column, PrintedForm, RecordTable

WIDE = PrintedForm.WIDE
WHO = (
    Column("name", _("name"), "person.name"),
    Column("sex", _("sex"), "person.sex"),
    Column("born", _("born"), "person.birth_date", "date"),
    Column("joined", _("joined the Party on"), "person.joined_on", "date"),
)
SIGNED = (_("Branch secretary (signature)"), _("Member (signature)"))

FORMS = (
    PrintedForm(
        "departure",
        _("Registration form of a mobile member"),
        facts=(
            *WHO,
            Column("education", _("education"), "person.education"),
            Column("phone", _("contact phone"), "person.phone"),
            Column("branch", _("Party branch"), "unit.name", width=WIDE),
            Column("left_on", _("went out on"), "rule:left_on", "date"),
            Column("certificate", _("activity certificate no."), "rule:certificate"),
            Column("destination", _("where to"), "rule:destination", width=WIDE),
            Column("work", _("work or study there"), "rule:work", width=WIDE),
            Column("host", _("host Party organisation"), "rule:host", width=WIDE),
            Column("host_contact", _("its contact"), "rule:host_contact"),
            Column("returned", _("back on"), "rule:returned_on", "date"),
            Column("briefed", _("pre-departure education"), "rule:briefed", "date"),
            Column("host_liaison", _("contact with the host organisation"), "last:host_liaison.happened_on", "date"),
            Column("explained", _("what was explained"), "rule:explained", width=WIDE),
        ),
        words=_("I shall keep in touch with the branch, take part in organisational life there and pay my dues."),
        signatures=(*SIGNED, _("Party committee (seal)")),
    ),
    PrintedForm(
        "contacts",
        _("Record of contacts with a mobile member"),
        facts=(
            Column("name", _("name"), "person.name"),
            Column("phone", _("contact phone"), "person.phone"),
            Column("branch", _("Party branch"), "unit.name", width=WIDE),
            Column("destination", _("where to"), "rule:destination"),
            Column("host", _("host Party organisation"), "rule:host"),
        ),
        tables=(
            RecordTable(
                "follow_up",
                (
                    Column("day", _("date"), "record.happened_on", "date", 13),
                    Column("method", _("how"), "detail.method", width=9),
                    Column("reached", _("reached"), "detail.reached", width=8),
                    Column("said", _("work and life"), "detail.work_and_life", width=22),
                    Column("more", _("what was said"), "record.narrative", width=16),
                    Column("needs", _("difficulties or needs"), "detail.needs", width=14),
                    Column("promised", _("help promised"), "detail.promised", width=14),
                ),
                rows=8,
            ),
        ),
        signatures=SIGNED,
    ),
)
