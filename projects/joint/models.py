from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models import Detail
from projects.shared import Channel, ContactDetail, Method, PromiseDetail, PromiseKeptDetail, VisitDetail

MAY_SAY = {"default": False, "db_default": False}  # ticked when it was said


class Departure(Detail):
    """Going out, registered before or when it happens."""

    departs_on = models.DateField(_("leaves on"), help_text=_("May lie ahead: the education is due on that day."))
    destination = models.CharField(_("where to"), max_length=80)
    fixed = models.BooleanField(_("a fixed place of work or home there"), **MAY_SAY)
    work = models.CharField(_("work or study there"), max_length=80, blank=True)
    host_organisation = models.CharField(_("host Party organisation"), max_length=80, blank=True)
    host_contact = models.CharField(_("its contact"), max_length=60, blank=True)
    certificate = models.CharField(_("activity certificate no."), max_length=40, blank=True)


class Briefing(Detail):
    """Pre-departure education by the branch secretary: what was explained (seed, third; the Opinions of 2024 on mobile
    Party members)."""

    rights = models.BooleanField(_("rights and duties of a mobile member"), **MAY_SAY)
    in_touch = models.BooleanField(_("how to keep in touch with the branch"), **MAY_SAY)
    use_of_certificate = models.BooleanField(_("use of the activity certificate"), **MAY_SAY)
    at_the_host = models.BooleanField(_("reporting to the host organisation and joining its life"), **MAY_SAY)
    fees = models.BooleanField(_("study and membership fees while away"), **MAY_SAY)
    law = models.BooleanField(_("law, safety and good example"), **MAY_SAY)
    explained = models.CharField(_("what else was explained"), max_length=200, blank=True)


class FollowUp(PromiseDetail, ContactDetail):
    """The quarterly follow-up. State of mind appears as topics and needs only, never as a grade (DOMAIN §5)."""

    work_and_life = models.CharField(_("work and life"), max_length=300, blank=True)


class FamilyVisit(PromiseDetail, VisitDetail):
    """A visit to the family at home, with the three left-behind as counts and needs: no names of children."""

    children = models.PositiveSmallIntegerField(_("children at home"), default=0)
    elderly = models.PositiveSmallIntegerField(_("elderly at home"), default=0)
    women = models.PositiveSmallIntegerField(_("women at home"), default=0)
    needs = models.CharField(
        _("difficulties or needs"), max_length=300, blank=True, help_text=_("Needs only; no names of children.")
    )
    helps = models.CharField(_("who helps"), max_length=60, blank=True, default="", db_default="")


class PromiseKept(PromiseKeptDetail):
    """What was done about help promised to a member or to the family."""


class Search(Detail):
    """The search procedure after three tries in vain: whom the branch asked, and what came of it."""

    class Result(models.TextChoices):
        FOUND = "found", _("whereabouts known, can be reached")
        CLUE = "clue", _("a clue, goes on")
        NOTHING = "nothing", _("nothing known")

    asked_family = models.BooleanField(_("asked the family"), **MAY_SAY)
    asked_host = models.BooleanField(_("asked the host organisation"), **MAY_SAY)
    asked_contacts = models.BooleanField(_("asked known contacts"), **MAY_SAY)
    result = models.CharField(_("result of the search"), max_length=10, choices=Result)
    learned = models.CharField(_("what was learned"), max_length=300, blank=True)


class OutOfContact(Detail):
    """The town's decision that a member is out of contact. A later contact ends it."""

    reason = models.CharField(_("reason"), max_length=200)


LINK = "link"  # how, when the host organisation answered by itself; no choice of a form


class HostLiaison(ContactDetail):
    """Contact with the Party organisation at the place where the member lives."""

    method = models.CharField(_("how"), max_length=10, choices=[*Method.choices, (LINK, _("confirmation link"))])
    feedback = models.CharField(_("their feedback"), max_length=300, blank=True)


class LearningPush(Detail):
    """Learning material sent, and the words it was sent with."""

    channel = models.CharField(_("channel"), max_length=40, choices=Channel)
    title = models.CharField(_("material"), max_length=120)
    text = models.CharField(
        _("text to send"),
        max_length=2000,
        blank=True,
        default="",
        db_default="",
        help_text=_("A link or a few words. Nothing classified, nobody's name."),
    )


class CertificateCheck(Detail):
    """The yearly check of the activity certificate 流动党员活动证."""

    class Result(models.TextChoices):
        IN_ORDER = "in_order", _("in order")
        RENEW = "renew", _("to be renewed")
        LOST = "lost", _("lost, to be replaced")
        NOT_ISSUED = "not_issued", _("not issued yet")

    result = models.CharField(_("result of the check"), max_length=10, choices=Result)
    certificate = models.CharField(_("activity certificate no."), max_length=40, blank=True)
    next_check = models.DateField(
        _("to be looked at again on"),
        null=True,
        blank=True,
        help_text=_("Only when it cannot wait for next year's check."),
    )


class Homecoming(Detail):
    """The member has come back."""

    returned_on = models.DateField(_("back on"))


from .models_links import HostLink  # noqa: E402, F401
