"""Personal API tokens: kept only as a hash, with an expiry; they carry their user's scope and nothing more."""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from members.audit import trace
from members.models import ApiToken

PREFIX = "xt_"
SEEN_EVERY = timedelta(minutes=5)  # one write in five minutes, not one a request


def hash_token(text):
    return sha256(text.encode()).hexdigest()


@transaction.atomic
def issue_token(*, by, name, days=90):
    """A new token of `by`'s own: (row, plain text). The text is shown once and kept nowhere."""
    text = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=by, name=name, token_hash=hash_token(text), expires_at=timezone.now() + timedelta(days=days)
    )
    trace("issue_token", by=by, obj=row, detail={"name": name, "days": days})
    return row, text


@transaction.atomic
def revoke_token(*, by, token):
    token.revoked_at = token.revoked_at or timezone.now()
    token.save(update_fields=["revoked_at"])
    trace("revoke_token", by=by, obj=token, detail={"name": token.name})
    return token


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer xt_…`"""

    def authenticate_header(self, request):
        return "Bearer"

    def authenticate(self, request):
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("Write the header as: Authorization: Bearer xt_…"))
        now = timezone.now()
        token = (
            ApiToken.objects.select_related("user")
            .filter(token_hash=sha256(words[1]).hexdigest(), revoked_at__isnull=True, expires_at__gt=now)
            .first()
        )
        if token is None or not token.user.is_active:
            raise AuthenticationFailed(_("This token is unknown, revoked or expired. Make a new one under My account."))
        if token.last_used_at is None or now - token.last_used_at > SEEN_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "members.api_tokens.TokenAuthentication"
    name = "personalToken"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}
