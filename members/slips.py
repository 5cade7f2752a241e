"""Printed one-time sign-in slips and the devices remembered after one was used. Both are kept only as a hash.

A slip's code has sixteen characters of a 32-letter alphabet (80 bits): typed by hand where no camera helps, and not
guessed in the days it lives. It is spent by POST, never by GET: link previews fetch what is scanned.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xitun.lib.dates import today

from .audit import trace
from .dated_settings import declare
from .models import ApiToken, Device, SignInSlip, User

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that reads like another character
CODE_LENGTH = 16
SLIP_DAYS = declare(
    "slip_days",
    label=gettext_lazy("Validity of a sign-in slip"),
    unit="days",
    default=7,
    least=1,
    most=30,
    source="[P]",
    used_by=gettext_lazy("How long the paper slip with the code signs somebody in for the first time."),
)
DEVICE_DAYS = 180
DEVICE_COOKIE = "xitun_device"
DEVICE_PATH = "/accounts/"  # the only pages that read the cookie
SESSION_DEVICE = "device"
# What is kept of a browser's long name: enough for its owner to recognise it in the list of devices.
MARKS = "HarmonyOS Android iPhone iPad Windows Macintosh Linux MicroMessenger Edg Firefox Chrome Safari".split()


def _hash(text):
    return sha256(text.encode()).hexdigest()


def written(code):
    """ABCD-EFGH-JKLM-NPQR, as printed."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def typed(text):
    """The code in what somebody typed: any case, with or without dashes and spaces; "" when it cannot be one."""
    code = "".join(c for c in str(text)[:80].upper() if c not in "-–— \t")
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def _live(model):
    return model.objects.filter(revoked_at__isnull=True, expires_at__gt=timezone.now(), user__is_active=True)


# slips --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_slip(*, by, user, path=""):
    """A new slip for `user`: (row, code). The code is shown once. Older slips not used yet stop working.

    The caller has asked `accounts.may_make_slip`. It lives for the setting `slip_days` of the unit at `path`."""
    days = SLIP_DAYS.on(today(), path)
    revoke_slips(user)
    code = "".join(secrets.choice(ALPHABET) for _i in range(CODE_LENGTH))
    slip = SignInSlip.objects.create(
        user=user, token_hash=_hash(code), created_by=by, expires_at=timezone.now() + timedelta(days=int(days))
    )
    trace("make_slip", by=by, obj=slip, path=path, detail={"user": user.pk, "username": user.username})
    return slip, code


def revoke_slips(user):
    user.signinslips.filter(used_at__isnull=True, revoked_at__isnull=True).update(revoked_at=timezone.now())


def find_slip(text):
    """The slip that can still be used, or None: unknown, used, replaced and expired look alike."""
    code = typed(text)
    live = _live(SignInSlip).filter(used_at__isnull=True).select_related("user")
    return live.filter(token_hash=_hash(code)).first() if code else None


@transaction.atomic
def use_slip(*, slip, user_agent, path=""):
    """Spend the slip and remember this device: (device, text of its cookie). Of two taps at once one gets it."""
    now = timezone.now()
    live = SignInSlip.objects.filter(pk=slip.pk, used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)
    if not live.update(used_at=now):
        raise ValidationError(_("This slip was used a moment ago."))
    text = secrets.token_urlsafe(32)
    device = Device.objects.create(
        user=slip.user,
        token_hash=_hash(text),
        label=" ".join(mark for mark in MARKS if mark in user_agent),
        last_seen_at=now,
        expires_at=now + timedelta(days=DEVICE_DAYS),
    )
    trace("use_slip", by=slip.user, obj=slip, path=path, detail={"user": slip.user_id})
    return device, text


# devices ------------------------------------------------------------------------------------------------------------


def find_device(request):
    """The remembered device this browser is, or None."""
    text = request.COOKIES.get(DEVICE_COOKIE, "")[:200]
    return _live(Device).select_related("user").filter(token_hash=_hash(text)).first() if text else None


def seen(device):
    Device.objects.filter(pk=device.pk).update(last_seen_at=timezone.now())


def devices_of(user):
    return _live(Device).filter(user=user).order_by("-last_seen_at", "-pk")


@transaction.atomic
def revoke_device(*, by, device, path=""):
    """Forget a device; the sessions it opened end at once."""
    Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    for session in UserSession.objects.filter(user_id=device.user_id):
        if _store(session).get(SESSION_DEVICE) == device.pk:
            session.end()
    trace("revoke_device", by=by, obj=device, path=path, detail={"user": device.user_id})


def _store(session):
    return import_module(settings.SESSION_ENGINE).SessionStore(session.session_key)


def _end_sessions(user):
    """No session made until now is this user's any more, whether or not anybody kept a list of it."""
    User.objects.filter(pk=user.pk).update(sign_in_epoch=F("sign_in_epoch") + 1)
    user.refresh_from_db(fields=["sign_in_epoch"])


@transaction.atomic
def end_other_sessions(request):
    """End every session of the signed-in user but the one of this request."""
    _end_sessions(request.user)
    update_session_auth_hash(request, request.user)
    UserSession.objects.create_from_request(request)  # this session has a new key now
    for session in UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key):
        session.end()


@transaction.atomic
def end_sign_ins(*, by, user, tokens=False, path=""):
    """Sign out everywhere: sessions, remembered devices and unused slips; API tokens too when asked."""
    _end_sessions(user)
    now = timezone.now()
    revoke_slips(user)
    user.devices.filter(revoked_at__isnull=True).update(revoked_at=now)
    for session in UserSession.objects.filter(user=user):
        session.end()
    if tokens:
        ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now)
    trace("end_sign_ins", by=by, obj=user, path=path, detail={"user": user.pk, "username": user.username})
