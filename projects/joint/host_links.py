"""The link by which a host Party organisation confirms a member without an account: made, revoked, answered, noted.

The answer becomes a contact with the host organisation (`joint.host_liaison`) through the engine's own act, written
in the name of whoever made the link, or of nobody when they write there no more.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from members.access import WRITE, scope_of
from members.audit import trace
from members.dated_settings import declare
from members.models import Category, Enrolment, Unit
from projects.actions import Entry, save_record
from projects.models import Due
from xitun.lib.dates import business_date, today

from .models import LINK
from .models_links import Answer, HostLink

KIND = DUTY = "joint.host_liaison"
LINKS = "projects_joint.hostlink"
LINK_DAYS = declare(
    "host_link_days",
    label=gettext_lazy("Validity of a link for the host organisation"),
    unit="days",
    default=14,
    least=1,
    most=60,
    source="DOMAIN 2.3 [P]",
    used_by=gettext_lazy("For so many days the host organisation can answer through a new link."),
)
TOKEN_LENGTH = 32  # characters of urlsafe base64: 192 bits


def link_days(path):
    """For how many days a new link works at the unit of this path."""
    return LINK_DAYS.on(today(), path)


def hash_of(token):
    return sha256(token.encode()).hexdigest()


def find_link(token):
    """The link that can be answered, or None: unknown, used, revoked, expired and ended ones look alike."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    links = HostLink.objects.usable().select_related("enrolment__person", "enrolment__unit", "made_by")
    return links.filter(token_hash=hash_of(token)).first()


def town_of(link):
    """The unit above the branch that asks."""
    return Unit.objects.get_parent(link.enrolment.unit)


@transaction.atomic
def make_host_link(*, by, enrolment):
    """(link, token) for the host organisation of this member. The token is shown once. An older link of theirs that
    nobody has answered stops working. Raises ValidationError when the member does not stand among the mobile now."""
    now, token = timezone.now(), secrets.token_urlsafe(TOKEN_LENGTH * 3 // 4)
    for older in HostLink.objects.usable().filter(enrolment=enrolment):
        revoke_host_link(by=by, link=older)
    link = HostLink.objects.create(
        token_hash=hash_of(token),
        enrolment=enrolment,
        path=enrolment.path,
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(days=link_days(enrolment.path)),
    )
    if not HostLink.objects.usable().filter(pk=link.pk).exists():
        raise ValidationError(_("This person does not stand among the mobile members now, so there is nothing to ask."))
    trace(
        "make_host_link",
        by=by,
        obj=link,
        person=enrolment.person,
        detail={"until": str(business_date(link.expires_at))},
    )
    return link, token


@transaction.atomic
def revoke_host_link(*, by, link):
    """The link works no more. One that was answered, or ended before, stays as it is."""
    if HostLink.objects.usable().filter(pk=link.pk).update(revoked_at=timezone.now()):
        trace("revoke_host_link", by=by, obj=link, person=link.enrolment.person)
    return link


@transaction.atomic
def answer_host_link(*, link, answer, contact_name="", contact_phone="", feedback=""):
    """The host organisation's answer, once: of two at the same time the second is refused. It settles the open contact
    of the half-year, unless the member is not known there: then it is a try. Returns the record."""
    said = {"answer": answer, "contact_name": contact_name, "contact_phone": contact_phone}
    if not HostLink.objects.usable().filter(pk=link.pk).update(answered_at=timezone.now(), **said):
        raise ValidationError(_("This link was used a moment ago."))
    reached = answer != Answer.UNKNOWN
    entry = Entry(
        kind=KIND,
        unit=link.enrolment.unit,
        happened_on=today(),
        submission_id=uuid4(),
        enrolments=(link.enrolment,),
        narrative=_said_by_host(answer),
        detail={"method": LINK, "reached": reached, "feedback": feedback},
        dues=_owed(link) if reached else (),
    )
    record = save_record(by=_in_whose_name(link), entry=entry)
    HostLink.objects.filter(pk=link.pk).update(record=record)
    trace("answer_host_link", by=None, obj=link, person=link.enrolment.person, detail={"answer": str(answer)})
    return record


def _in_whose_name(link):
    """Whoever made the link, as long as they write there: nobody is the author of what comes in after their time."""
    maker = link.made_by
    return maker if maker and scope_of(maker).can(WRITE, link.path) else None


def _said_by_host(answer):
    """The record's own words, in the language of the office whatever the host's browser speaks."""
    with override(settings.LANGUAGE_CODE):
        return _("Answered by the host organisation through the confirmation link: %(answer)s.") % {
            "answer": Answer(answer).label
        }


def _owed(link):
    """The open turn that ran when the link was made, else the one that runs now: one answer settles one turn."""
    dues = Due.objects.open().filter(duty=DUTY, enrolment=link.enrolment, opens_on__lte=today())
    newest = dues.order_by("-opens_on", "-pk")
    due = newest.filter(opens_on__lte=business_date(link.made_at)).first() or newest.first()
    return (due,) if due else ()


@transaction.atomic
def note_host_answer(*, by, link):
    """Somebody of the branch has read the answer; the home page does not name it any more."""
    HostLink.objects.to_note().filter(pk=link.pk).update(noted_at=timezone.now())
    trace("note_host_answer", by=by, obj=link, person=link.enrolment.person)


def stays_with_links(user):
    """Enrolments among the mobile: those `user` sees, and those before a transfer whose links go along."""
    links = HostLink.objects.writable_by(user).filter(enrolment=OuterRef("pk"))
    seen = Q(pk__in=Enrolment.objects.visible_to(user).values("pk")) | Exists(links)
    rows = Enrolment.objects.filter(seen, category=Category.MOBILE, superseded_at=None)
    return rows.select_related("person", "unit")


def answers_to_note(user):
    """Answers that came in and that nobody has read, where `user` writes or has the person now, the oldest first."""
    links = HostLink.objects.writable_by(user).to_note().select_related("enrolment__person")
    return links.order_by("answered_at", "pk")


def move(_keep_id, _other_id, *, gone_on, **_told):
    """Told by members when two files become one: what a host was asked of a stay that goes on in the same branch is
    asked of that one."""
    rows = Enrolment.objects.in_bulk(gone_on.values())
    links = HostLink.objects.filter(enrolment__in=gone_on, answered_at=None, revoked_at=None)
    before = {}
    for link in links.select_related("enrolment"):
        row = rows[gone_on[link.enrolment_id]]
        if row.unit_id == link.enrolment.unit_id:
            before[link.pk] = link.enrolment_id
            HostLink.objects.filter(pk=link.pk).update(enrolment=row)
    return [(LINKS, before)]


def give_back(_keep_id, _other_id, *, moved, **_told):
    for pk, enrolment in moved.get(LINKS, {}).items():
        HostLink.objects.filter(pk=pk).update(enrolment=enrolment)
