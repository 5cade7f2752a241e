from django.db import models
from django.utils.translation import gettext_lazy as _


class Cause(models.TextChoices):
    """Why something ended where an act, not a person, gives the reason: kept as a code in the column that else holds a
    person's words, and said in the language of whoever reads. What acts wrote as words before stays as written."""

    ENDED = "#ended", _("another main category began")
    DIED = "#died", _("died")
    TRANSFERRED = "#transferred", _("transferred")
    TRANSFERRED_OUT = "#transferred_out", _("transferred out")
    WITHDREW = "#withdrew", _("left the Party at their own request")
    REMOVED = "#removed", _("removed from the Party")
    EXPELLED = "#expelled", _("expelled from the Party")
    CANCELLED = "#cancelled", _("probation cancelled")
    STOPPED = "#stopped", _("no longer a candidate")
    UNIT_ENDED = "#unit_ended", _("the branch has ended")
    MERGED = "#merged", _("two files of one person")
    IMPORT_UNDONE = "#import_undone", _("import taken back")
    POST_LEFT = "#post_left", _("the post was left")
    RECORD_VOIDED = "#record_voided", _("the record that made it was voided")
    AMENDED = "#amended", _("put right by a new version")
    HAD_LEFT = "#had_left", _("the person had left when the record was voided")
    BEGAN_LATER = "#began_later", _("it began later than was entered")
    NEED_PASSED = "#need_passed", _("what made it needed has passed")
    TURN_SETTLED = "#turn_settled", _("already done in another stay")
    NOT_LEFT = "#not_left", _("the person had not left")
    OPENED_LATE = "#opened_late", _("it had ended before this was opened")


def why_said(reason):
    """A kept reason in words: a person's own, or those of the code."""
    return Cause(reason).label if reason in Cause.values else reason
