"""The key file: every secret of one installation, kept apart from its data.

Shape (JSON): {"id": uuid, "django_secret": str, "fernet": [str, …], "hash": str}.
`fernet[0]` encrypts, all of them decrypt; `hash` (64 hex digits) keys the lookup columns. `id` never changes, so that
the data folder can remember which key it belongs to: a lost key file must be noticed, not silently replaced by a new
one that opens nothing.
"""

import json
import os
import secrets
import sys
import tempfile
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cryptography.fernet import Fernet


class KeyFileError(Exception):
    """The key file is missing, broken or belongs to other data; the text says what to do."""


@dataclass(frozen=True)
class Keys:
    id: str
    django_secret: str
    fernet: tuple[str, ...]
    hash: str

    @property
    def hash_key(self) -> bytes:
        return bytes.fromhex(self.hash)

    def with_new_fernet(self) -> "Keys":
        """The same keys with a fresh current Fernet key in front; the older ones still decrypt."""
        return replace(self, fernet=(Fernet.generate_key().decode(), *self.fernet))

    def with_current_only(self) -> "Keys":
        """Forget the older Fernet keys: only once every row has been encrypted anew."""
        return replace(self, fernet=self.fernet[:1])


def default_path() -> Path:
    """Outside the project and its data folder: in the user's own configuration folder."""
    if os.name == "nt":
        return Path(os.environ.get("APPDATA") or Path.home()) / "xitun" / "key"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "xitun" / "key"


def generate() -> Keys:
    return Keys(
        id=str(uuid.uuid4()),
        django_secret=secrets.token_urlsafe(64),
        fernet=(Fernet.generate_key().decode(),),
        hash=secrets.token_hex(32),
    )


def load(path: Path) -> Keys:
    """Read the file. Raises KeyFileError when it is absent, unreadable or not a key file."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        keys = Keys(raw["id"], raw["django_secret"], tuple(raw["fernet"]), raw["hash"])
        for key in keys.fernet:
            Fernet(key)
        if not keys.fernet or len(keys.hash_key) < 32 or len(keys.django_secret) < 50:
            raise ValueError("incomplete")
    except FileNotFoundError:
        raise KeyFileError(f"There is no key file at {path}.") from None
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise KeyFileError(f"The key file {path} is damaged. Put back your copy of it.") from None
    return keys


def save(path: Path, keys: Keys, *, overwrite: bool = True) -> None:
    """Write whole and atomically, readable by the owner alone. Raises FileExistsError unless `overwrite`."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(keys), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            os.replace(name, path)
        else:
            _place_new(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def load_or_create(path: Path, data: Path) -> Keys:
    """The keys for the data folder `data`; made on the very first start only.

    Raises KeyFileError when the folder already belongs to a key that is missing or different.
    """
    stamp = data / "key-id"
    belongs_to = stamp.read_text(encoding="ascii").strip() if stamp.exists() else None
    if not path.exists():
        if belongs_to:
            raise KeyFileError(
                f"The key file {path} is missing, and the data in {data} cannot be read without it. "
                "Put back your copy of it, or set XITUN_KEY_FILE to where it is."
            )
        _create(path)
    keys = load(path)
    if belongs_to and belongs_to != keys.id:
        raise KeyFileError(
            f"The key file {path} belongs to other data than {data}. "
            "Set XITUN_KEY_FILE to the key of this data, or XITUN_DATA to the data of this key."
        )
    if not belongs_to:
        data.mkdir(parents=True, exist_ok=True)
        stamp.write_text(keys.id + "\n", encoding="ascii")
    return keys


def _create(path: Path) -> None:
    try:
        save(path, generate(), overwrite=False)
    except FileExistsError:
        return  # another process of the same start was first
    except OSError as error:
        raise KeyFileError(
            f"The key file {path} cannot be written: {error.strerror}. Set XITUN_KEY_FILE to a file you can write."
        ) from None
    print(
        f"A new key was made: {path}\n"
        "Without it the encrypted data cannot be read. Keep a copy of it apart from the backups of the data.",
        file=sys.stderr,
    )


def _place_new(name: str, path: Path) -> None:
    if hasattr(os, "link"):
        try:
            os.link(name, path)
            return
        except FileExistsError:
            raise
        except OSError:
            pass  # a file system without hard links
    if path.exists():
        raise FileExistsError(path)
    os.rename(name, path)
