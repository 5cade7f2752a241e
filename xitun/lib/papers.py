"""What an uploaded paper is, told by its content and never by its name: a photo, a PDF, a Word or an Excel file without
macros. Anything else is refused with FileRefused, in words."""

import hashlib
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePath

from xitun.lib.pictures import redrawn
from xitun.lib.refused import FileRefused
from xitun.lib.xlsx_scan import parts_of

MB = 1 << 20
FILE_LIMIT = 15 * MB
SEVERAL = 6  # files in one sending
NAME_LENGTH = 80
SUFFIXES = {"photo": ".jpg", "pdf": ".pdf", "docx": ".docx", "xlsx": ".xlsx"}
_HEIF = re.compile(rb"^....ftyp(hei[cxms]|hev[cxms]|mif1|msf1)", re.DOTALL)
_OLE = b"\xd0\xcf\x11\xe0"
_BOOKS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_ACTIVE = ("vbaproject.bin", "vbadata.xml")
_ACTIVE_TYPES = (b"macroenabled", b"vbaproject")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')


@dataclass(frozen=True)
class Prepared:
    """A paper ready to be kept. `kind` is a key of SUFFIXES; `thumb` a small JPEG of a photo, else empty."""

    name: str
    kind: str
    content: bytes
    thumb: bytes = b""

    @property
    def sha256(self):
        return hashlib.sha256(self.content).hexdigest()


def prepare(file):
    """The Prepared of an uploaded file (Django's UploadedFile). Raises FileRefused."""
    if file.size > FILE_LIMIT:
        raise FileRefused("paper_too_big", limit=FILE_LIMIT // MB)
    data = file.read()
    if not data:
        raise FileRefused("paper_empty")
    kind = kind_of(data)
    content, thumb = redrawn(data) if kind == "photo" else (data, b"")
    return Prepared(shown_name(file.name, kind), kind, content, thumb)


def kind_of(data):
    """The kind of some content; FileRefused when it is none that we keep."""
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or _HEIF.match(data[:16]):
        return "photo"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "photo"
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(_OLE):
        raise FileRefused("paper_old_office")
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_package(data)
    raise FileRefused("paper_unknown")


def _kind_of_package(data):
    try:
        archive, parts = parts_of(data)
    except FileRefused:
        raise FileRefused("paper_broken") from None
    kinds = [kind for part, kind in _BOOKS.items() if part in parts]
    if len(kinds) != 1 or "[content_types].xml" not in parts:
        raise FileRefused("paper_unknown")
    try:
        types = archive.read(parts["[content_types].xml"])[:MB].replace(b"\0", b"").lower()  # UTF-16 is read like UTF-8
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise FileRefused("paper_broken") from None
    if any(word in types for word in _ACTIVE_TYPES) or any(part.endswith(_ACTIVE) for part in parts):
        raise FileRefused("paper_macro")
    return kinds[0]


def shown_name(name, kind):
    """The file's own name without what names must not hold, ending as its content does."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    stem = PurePath(_FORBIDDEN.sub("", last)).stem.strip(" .")
    return (stem[:NAME_LENGTH] or kind) + SUFFIXES[kind]
