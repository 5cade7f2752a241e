"""Shapes of record that several rooms have: how somebody was reached, where somebody was visited, who helps, what was
advised. Choices and abstract details only; each room keeps its own table."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .models import Detail


class Method(models.TextChoices):
    PHONE = "phone", _("phone")
    WECHAT = "wechat", _("WeChat")
    QQ = "qq", _("QQ")
    IN_PERSON = "in_person", _("in person")


class ContactDetail(Detail):
    """A contact with somebody: how, and whether they were reached."""

    method = models.CharField(_("how"), max_length=10, choices=Method)
    reached = models.BooleanField(_("reached"), default=True)
    needs = models.CharField(_("difficulties or needs"), max_length=300, blank=True)

    class Meta:
        abstract = True


class VisitDetail(Detail):
    """A visit to somebody's home."""

    place = models.CharField(_("place"), max_length=80, blank=True)
    needs = models.CharField(_("difficulties or needs"), max_length=300, blank=True)
    brought = models.CharField(_("what was brought"), max_length=120, blank=True)

    class Meta:
        abstract = True


class Channel(models.TextChoices):
    """By which way something was sent to members."""

    GROUP = "group", _("WeChat group")
    WECHAT = "wechat", _("WeChat, one by one")
    QQ = "qq", _("QQ")
    SMS = "sms", _("text message")
    PLATFORM = "platform", _("study platform")
    PAPER = "paper", _("on paper")


PROMISE_DAYS = 30  # [P] a promise without a day


class PromiseDetail(Detail):
    """Help that somebody was promised, with its day: it becomes a duty of the one who promised (Duty.about)."""

    promised = models.CharField(
        _("help promised"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Is then on the list of what is due until you record how it was kept."),
    )
    promised_by = models.DateField(
        _("to be kept by"), null=True, blank=True, help_text=_("Left empty: thirty days from the date below.")
    )

    class Meta:
        abstract = True


class PromiseKeptDetail(Detail):
    """What was done about a promise."""

    done = models.CharField(_("what was done about it"), max_length=300)

    class Meta:
        abstract = True


class TalkForm(models.TextChoices):
    ONE_TO_ONE = "one", _("one to one")
    COLLECTIVE = "several", _("collective")
    ON_SITE = "site", _("on the spot")


class TalkDetail(Detail):
    """A heart-to-heart talk: its form, the topic and what was agreed. Topics and needs, never an attitude."""

    form = models.CharField(_("form of talk"), max_length=10, choices=TalkForm, default=TalkForm.ONE_TO_ONE)
    topic = models.CharField(_("topic"), max_length=80)
    agreed = models.CharField(_("what was agreed"), max_length=300, blank=True)

    class Meta:
        abstract = True


class Progress(models.TextChoices):
    NOT_BEGUN = "not_begun", _("not begun")
    UNDER_WAY = "under_way", _("under way")
    HELD_UP = "held_up", _("held up")
    DONE = "done", _("done")


class ProgressDetail(Detail):
    """How far a task or promise has come, and what shows it."""

    progress = models.CharField(_("progress"), max_length=10, choices=Progress)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    obstacles = models.CharField(_("obstacles"), max_length=300, blank=True)

    class Meta:
        abstract = True


class HelperDetail(Detail):
    """The named person who helps; need not have a sign-in of their own."""

    helper_name = models.CharField(_("helper"), max_length=40)
    helper_post = models.CharField(_("helper's post"), max_length=40, blank=True)

    class Meta:
        abstract = True


class Health(models.TextChoices):
    GOOD = "good", _("in good health")
    CHRONIC = "chronic", _("with a long-term illness")
    NEEDS_CARE = "needs_care", _("needs care")


class AdviceTopic(models.TextChoices):
    """The village affairs on which the seed asks for advice (seed, fifth)."""

    ECONOMY = "economy", _("collective economy")
    PLANNING = "planning", _("village planning")
    WELFARE = "welfare", _("public welfare")
    GOVERNANCE = "governance", _("village governance")
    CIVILITY = "civility", _("village customs")
    CONSTRUCTION = "construction", _("project construction")
    OTHER = "other", _("other matters")


class AdviceDetail(Detail):
    """Advice on village affairs; a reply is owed for it (DOMAIN 2.5, 2.7)."""

    topic = models.CharField(_("advice on"), max_length=12, choices=AdviceTopic)
    advice = models.CharField(_("advice given"), max_length=500)

    class Meta:
        abstract = True


class AdviceOutcome(models.TextChoices):
    ADOPTED = "adopted", _("adopted")
    PARTLY = "partly", _("partly adopted")
    EXPLAINED = "explained", _("not adopted, explained")


class AdviceReplyDetail(Detail):
    """The branch's reply to the one who gave advice."""

    outcome = models.CharField(_("handling"), max_length=10, choices=AdviceOutcome)
    reply = models.CharField(_("reply"), max_length=300)

    class Meta:
        abstract = True


class StudyForm(models.TextChoices):
    """Ways of learning (seed, seventh)."""

    DISCUSSION = "discussion", _("discussion")
    SYMPOSIUM = "symposium", _("symposium")
    LECTURE = "lecture", _("expert lecture")
    PARTY_CLASS = "party_class", _("party class")
    PICTURES = "pictures", _("pictures and print")
    VIDEO = "video", _("video")
    FILM = "film", _("film")


def amount(label, **options):
    """A column of money in yuan, to the fen."""
    return models.DecimalField(label, max_digits=12, decimal_places=2, **options)


def not_negative(model, *fields):
    """One CHECK constraint a column, named after the table's model."""
    return [
        models.CheckConstraint(condition=models.Q(**{f"{name}__gte": 0}), name=f"{model}_{name}_not_negative")
        for name in fields
    ]
