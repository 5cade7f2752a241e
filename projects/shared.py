"""Shapes of record that several rooms have: how somebody was reached, where somebody was visited. Choices and abstract
details only; each room keeps its own table."""

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


class TalkForm(models.TextChoices):
    ONE_TO_ONE = "one", _("one to one")
    COLLECTIVE = "several", _("collective")
    ON_SITE = "site", _("on the spot")


class TalkDetail(Detail):
    """A heart-to-heart talk: form, topic and what was agreed. Topics and needs, never a judgement of attitude."""

    form = models.CharField(_("form of talk"), max_length=10, choices=TalkForm, default=TalkForm.ONE_TO_ONE)
    topic = models.CharField(_("topic"), max_length=80)
    agreed = models.CharField(_("what was agreed"), max_length=300, blank=True)

    class Meta:
        abstract = True
