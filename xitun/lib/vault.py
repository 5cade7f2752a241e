"""Files kept apart from the database: under a random name, readable by the program alone, each sealed with a key of
its own. The key stands encrypted in the row that names the file, so a new key of the house leaves files alone."""

import os
import secrets
import time
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

FOLDER = "papers"
PARTIAL = ".part"


class Missing(Exception):
    """The file is not there, or is not the one that was put there."""


def new_key():
    return Fernet.generate_key().decode()


def put(content, key):
    """Seal some bytes; returns the name to take them by. The file is whole on the disk when this returns."""
    name = secrets.token_hex(16)
    path = path_of(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_suffix(PARTIAL)
    with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
        target.write(Fernet(key).encrypt(content))
        target.flush()
        os.fsync(target.fileno())
    partial.replace(path)
    return name


def is_whole(name, size):
    """Whether a file of `size` bytes is there, as long as it was put there sealed; what it says is not looked at."""
    try:
        return path_of(name).stat().st_size == _sealed_size(size)
    except OSError:
        return False


def _sealed_size(size):
    """Of a Fernet token in Base64: version, time, IV and HMAC around whole blocks of sixteen bytes."""
    token = 1 + 8 + 16 + 16 * (size // 16 + 1) + 32
    return 4 * -(-token // 3)


def take(name, key):
    """The bytes that were put there. Raises Missing."""
    try:
        return Fernet(key).decrypt(path_of(name).read_bytes())
    except (OSError, InvalidToken):
        raise Missing(name) from None


def path_of(name):
    return Path(settings.MEDIA_ROOT) / FOLDER / name[:2] / name


def names():
    """Yields (name, age in seconds) of every file; half-written ones bear their suffix."""
    now = time.time()
    for path in (Path(settings.MEDIA_ROOT) / FOLDER).glob("??/*"):
        try:
            yield path.name, now - path.stat().st_mtime
        except FileNotFoundError:  # somebody else has just swept it
            continue


def drop(name):
    """Remove a file that no row names."""
    path_of(name).unlink(missing_ok=True)
