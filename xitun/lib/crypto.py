"""Encryption of sensitive columns, and the keyed hash under which a whole number is looked up.

Keys come from settings: XITUN_FERNET_KEYS (the first encrypts, all decrypt) and XITUN_HASH_KEY. They live in the key
file outside the data folder; a dump of the database alone opens nothing.
"""

import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.utils.encoding import force_bytes
from django.utils.translation import gettext_lazy as _


class KeyLost(Exception):
    """No key we hold opens this: the key file is another one, or an old key was dropped too early."""

    def __str__(self):
        return str(
            _(
                "This content is encrypted with a key that is not in the key file. Put the key file that belongs to "
                "this data back in its place (setting XITUN_KEY_FILE) and start again; nothing has been lost yet."
            )
        )


def encrypt(text):
    """The token of a text; the same text gives another token each time, so tokens cannot be compared."""
    return encrypt_bytes(text.encode()).decode()


def decrypt(token):
    """The text of a token; KeyLost when none of our keys opens it, or when it was tampered with."""
    return decrypt_bytes(token.encode()).decode()


def encrypt_bytes(content):
    return _ciphers()[0].encrypt(content)


def decrypt_bytes(token):
    try:
        return MultiFernet(_ciphers()).decrypt(token)
    except InvalidToken:
        raise KeyLost from None


def needs_rotation(token):
    """Whether a token was made with an older key; KeyLost when no key opens it."""
    try:
        _ciphers()[0].decrypt(force_bytes(token))
    except InvalidToken:
        decrypt_bytes(force_bytes(token))
        return True
    return False


def rotate(token):
    """The same content under the current key, for `needs_rotation` rows."""
    return encrypt(decrypt(token))


def keyed_hash(text):
    """64 hex digits of HMAC-SHA256: equal for equal texts, useless to guess from without the key. Normalise first."""
    return hmac.new(force_bytes(settings.XITUN_HASH_KEY), force_bytes(text), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):
    """Text encrypted in the database and plain in Python. Nothing but `isnull` can be asked of it in a query:
    keep a `keyed_hash` column beside it for lookup. NULL and the empty text are stored as they are."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value, expression, connection):
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name):
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(
            f"{self.name} is encrypted and cannot be searched by {lookup_name}; look up its keyed hash column instead."
        )

    def get_transform(self, lookup_name):
        return self.get_lookup(lookup_name)


def _ciphers():
    return _ciphers_of(tuple(settings.XITUN_FERNET_KEYS))


@lru_cache(maxsize=4)
def _ciphers_of(keys):
    if not keys:
        raise ImproperlyConfigured("XITUN_FERNET_KEYS is empty: there is no key to encrypt with.")
    return [Fernet(key) for key in keys]
