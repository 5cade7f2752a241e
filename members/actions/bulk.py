from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from members.models import BulkAnswer

from .people import Conflict


@transaction.atomic
def act_on_many(*, by, code, lines, submission_id, act):
    """Do the single act `act(line)` for each of `lines` (members.bulk.Line), each by itself: one that is refused holds
    nobody up. The same `submission_id` again does nothing and returns the first answer (BulkAnswer); the other tap of a
    double tap waits for it. Raises ValidationError when somebody else has sent this form."""
    try:
        with transaction.atomic():
            answer = BulkAnswer.objects.create(by=by, code=code, submission_id=submission_id)
    except IntegrityError:
        answer = BulkAnswer.objects.get(submission_id=submission_id)
        if answer.by_id != by.pk:
            raise ValidationError(_("Somebody else has sent this form. Open it again and enter it anew.")) from None
        return answer
    answer.results = [[line.person.pk, line.refused or _refused(act, line)] for line in lines]
    answer.save(update_fields=["results"])
    return answer


def _refused(act, line):
    """Why `act(line)` was not done, "" when it was."""
    try:
        with transaction.atomic():
            act(line)
    except ValidationError as error:
        return " ".join(error.messages)
    except Conflict as conflict:
        return str(conflict)
    return ""
