"""Transfer of a person's party relation: the old branch proposes, and the person stays on its roll, counted once, with
all that is owed there, until somebody enters the receipt (DOMAIN §1, §6 18)."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.audit import trace
from members.dated_settings import declare
from members.models import Cause, Person, Standing, Transfer
from xitun.lib.dates import today

from .categories import refuse_future
from .people import change_standing, leave_posts, lock_person, transfer_person
from .units import end_roles_of, standing_unit

LETTER_DAYS = declare(
    "transfer_letter_days",
    label=gettext_lazy("Validity of a letter of introduction"),
    unit="days",
    default=90,
    least=7,
    most=180,
    source="CPC rules on transferring membership [P]",
    used_by=gettext_lazy("A transfer without receipt is asked about when it runs out; the letter may say otherwise."),
)
State = Transfer.State


def letter_days(*, day, path):
    return LETTER_DAYS.on(day, path)


@transaction.atomic
def propose_transfer(*, by, person, letter_on, unit=None, elsewhere="", valid_until=None, reason=""):
    """Send a person to `unit`, or to an organisation outside, named in `elsewhere`. The same proposal sent again by the
    same user returns the first. Raises ValidationError when another transfer waits."""
    person = lock_person(person)
    refuse_future(letter_on, "letter_on")
    if (unit is None) == (not elsewhere.strip()):
        raise ValidationError({"unit": _("Choose a branch, or name the organisation outside: one of the two.")})
    if person.standing == Standing.FORMER:
        raise ValidationError(_("The person has left the roll; nobody can be transferred from there."))
    if unit:
        unit = standing_unit(unit)
    if unit and unit.pk == person.unit_id:
        raise ValidationError({"unit": _("The person already stands on this branch's roll.")})
    valid_until = valid_until or letter_on + timedelta(days=letter_days(day=letter_on, path=person.path))
    if valid_until < letter_on:
        raise ValidationError({"valid_until": _("The letter cannot end before its own date.")})
    said = {"to_unit": unit, "elsewhere": elsewhere.strip(), "letter_on": letter_on, "recorded_by": by}
    if waiting := person.transfers.filter(state=State.WAITING).first():
        if all(getattr(waiting, name) == value for name, value in said.items()):
            return waiting
        raise ValidationError(_("A transfer of this person is waiting already. Settle or withdraw that one first."))
    row = Transfer.objects.create(
        person=person,
        unit=person.unit,
        path=person.path,
        to_path=unit.path if unit else "",
        valid_until=valid_until,
        reason=reason,
        **said,
    )
    trace("propose_transfer", by=by, obj=row, person=person, detail={"to": row.to, "letter": str(letter_on)})
    return row


def _locked(transfer):
    """The transfer as it stands now, its person locked; refused when it has been settled."""
    Person.objects.locked().get(pk=transfer.person_id)
    row = Transfer.objects.select_related("person", "unit", "to_unit").get(pk=transfer.pk)
    if row.state != State.WAITING:
        raise ValidationError(
            _("This has already been decided (%(status)s). Nothing was changed.") % {"status": row.get_state_display()}
        )
    return row


def _settle(row, *, by, state, on=None, reason=""):
    row.state, row.settled_by, row.settled_at = state, by, timezone.now()
    row.settled_on, row.settled_reason = on, reason
    row.save()


@transaction.atomic
def receive_transfer(*, by, transfer, on):
    """Enter the receipt (回执). Inside, the person moves to the new branch that day; to an organisation outside, the
    person leaves the roll that day, and every post. What is owed at the old branch ends with it."""
    row = _locked(transfer)
    refuse_future(on)
    if on < row.letter_on:
        raise ValidationError({"on": _("The receipt cannot lie before the letter.")})
    _settle(row, by=by, state=State.RECEIVED, on=on)
    if row.to_unit:
        if row.to_unit.ends_on and row.to_unit.ends_on <= today():
            raise ValidationError(_("That branch has ended. Withdraw this and send the person to its successor."))
        row.person = transfer_person(by=by, person=row.person, unit=row.to_unit, on=on, reason=row.reason)
    else:
        row.person = change_standing(
            by=by, person=row.person, standing=Standing.FORMER, on=on, reason=Cause.TRANSFERRED_OUT
        )
        leave_posts(row.person.posts, by=by, on=on, why=Cause.TRANSFERRED_OUT)
        end_roles_of(row.person, by=by, on=on)
    trace("receive_transfer", by=by, obj=row, person=row.person, detail={"to": row.to, "on": str(on)})
    return row


@transaction.atomic
def decline_transfer(*, by, transfer, reason):
    """The receiving branch sends the letter back; the person simply stays where they are."""
    row, told = _send_back(transfer, by=by, state=State.DECLINED, reason=reason)
    trace("decline_transfer", **told)
    return row


@transaction.atomic
def withdraw_transfer(*, by, transfer, reason):
    """The sending branch takes its proposal back."""
    row, told = _send_back(transfer, by=by, state=State.WITHDRAWN, reason=reason)
    trace("withdraw_transfer", **told)
    return row


def _send_back(transfer, *, by, state, reason):
    """(the transfer, what its trace says)."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    row = _locked(transfer)
    _settle(row, by=by, state=state, reason=reason)
    return row, {"by": by, "obj": row, "person": row.person, "purpose": reason, "detail": {"to": row.to}}
