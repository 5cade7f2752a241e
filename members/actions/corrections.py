"""A person asks that their file be corrected; somebody who writes there decides. Never automatic (DOMAIN §5)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.audit import trace
from members.models import CorrectionRequest, Person
from xitun.lib.dates import DateError, parse_date
from xitun.lib.ids import IdNumberError, parse_id_number
from xitun.lib.names import normalise_name

from .people import correct_person, lock_person
from .soundness import DAYS, clean_phone

Column, State = CorrectionRequest.Column, CorrectionRequest.State
SEXES = {"男": "M", "女": "F", "m": "M", "f": "F", "male": "M", "female": "F"}
WORDS_LIMIT = 500


def value_of(column, text):
    """What a column of the file would hold for the words typed. Raises ValidationError when it cannot hold them."""
    text = text.strip()
    if column in DAYS:
        value = _day(text)
    elif column == Column.ID_NUMBER:
        value = _id_number(text)
    elif column == Column.PHONE:
        value = clean_phone(text)
    elif column == Column.SEX:
        value = SEXES.get(text.lower(), text)
    else:
        value = normalise_name(text) if column == Column.NAME else text
    if value in ("", None):
        raise ValidationError(_("Write what would be right."))
    return value if column == Column.ID_NUMBER else Person._meta.get_field(column).clean(value, None)


def _day(text):
    try:
        return parse_date(text)
    except ValueError as error:
        raise ValidationError(str(error) if isinstance(error, DateError) else str(DateError())) from None


def _id_number(text):
    try:
        return parse_id_number(text).value18
    except IdNumberError as error:
        raise ValidationError(str(error)) from None


@transaction.atomic
def ask_correction(*, by, person, column, submission_id, wrong="", right=""):
    """A person asks that a column of their file, or something else, be put right. The same `submission_id` again
    returns the first request. Raises ValidationError for what the column cannot hold, or when it is asked already."""
    person = lock_person(person)
    known = CorrectionRequest.objects.filter(submission_id=submission_id).first()
    if known:
        if (known.person_id, known.column) != (person.pk, column):
            raise ValidationError(_("This form was sent already. Open it anew."))
        return known
    wrong, right = wrong.strip()[:WORDS_LIMIT], right.strip()[:WORDS_LIMIT]
    if column == Column.OTHER:
        if not wrong:
            raise ValidationError({"wrong": _("Say what is wrong.")})
    else:
        _check_column(person, column, right)
    request = CorrectionRequest.objects.create(
        person=person, column=column, wrong=wrong, right=right, submission_id=submission_id, asked_by=by
    )
    trace("ask_correction", by=by, obj=request, person=person, **_told(request))
    return request


def _check_column(person, column, right):
    try:
        value = value_of(column, right)
    except ValidationError as error:
        raise ValidationError({"right": error.messages}) from None
    if getattr(person, column) == value:
        raise ValidationError({"right": _("This is what the file says already.")})
    if person.corrections.waiting().filter(column=column).exists():
        raise ValidationError(
            {"column": _("You have asked for this already. Withdraw that request first, or wait for the answer.")}
        )


@transaction.atomic
def accept_correction(*, by, request, version, answer=""):
    """Write what was asked for into the file, as `correct_person` does: with its checks, and Conflict when `version` is
    no longer the file's. Of "something else", `answer` says what was done."""
    person, request = _lock(request, by)
    answer = answer.strip()
    if request.column == Column.OTHER:
        if not answer:
            raise ValidationError({"answer": _("Say what was done.")})
    else:
        value = value_of(request.column, request.right)
        correct_person(by=by, person=person, version=version, **{request.column: value})
    _answer(request, State.ACCEPTED, by, answer)
    trace("accept_correction", by=by, obj=request, person=person, **_told(request))
    return request


@transaction.atomic
def refuse_correction(*, by, request, answer):
    """Leave the file as it is, for a reason the person reads."""
    person, request = _lock(request, by)
    if not answer.strip():
        raise ValidationError({"answer": _("Say why. The person reads it.")})
    _answer(request, State.REFUSED, by, answer.strip())
    trace("refuse_correction", by=by, obj=request, person=person, **_told(request))
    return request


@transaction.atomic
def withdraw_correction(*, by, request):
    """The person no longer asks."""
    person, request = _lock(request, None)
    _answer(request, State.WITHDRAWN, by, "")
    trace("withdraw_correction", by=by, obj=request, person=person, **_told(request))
    return request


def _lock(request, by):
    """The person and their request, locked in this order. Raises ValidationError when it has its answer, or when it is
    the own request of `by`."""
    person = lock_person(request.person)
    request = CorrectionRequest.objects.select_for_update().get(pk=request.pk)
    if not request.is_waiting:
        raise ValidationError(_("This request has its answer already, or was withdrawn. Nothing was changed."))
    if by is not None and by.person_id == person.pk:
        raise ValidationError(_("Nobody decides their own request. Ask somebody else of the branch or the town."))
    return person, request


def _answer(request, state, by, answer):
    request.state, request.answer = state, answer
    request.answered_by, request.answered_at = by, timezone.now()
    request.save(update_fields=["state", "answer", "answered_by", "answered_at"])


def _told(request):
    """What the trace keeps: which column, never the words, which may hold a number or what is confidential."""
    return {"path": request.person.path, "detail": {"asked": request.column}}
