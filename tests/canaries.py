"""Marks in every text of the database, so that a text that shows up where it must not can be told from all others.

A mark is four characters: ㊐, the zone (whose text it is), the column, ㊑. Zones: own, near and far branch, and within
each what is restricted; the town and the member's own file. No page of the product uses these signs for anything else.
"""

import re
import zipfile
from functools import cache
from io import BytesIO
from itertools import groupby
from urllib.parse import unquote

from django.apps import apps
from django.db import models

from members.actions.people import write_grams
from members.models import Person
from xitun.lib.names import search_keys

OPEN, CLOSE = "㐂", "㐃"
ZONES = {"own": "㐄", "near": "㐅", "far": "㐆", "own!": "㐇", "near!": "㐈", "far!": "㐉", "self": "㐊", "town": "㐋"}
MARK = re.compile(f"{OPEN}([{''.join(ZONES.values())}])([㔀-䶿]){CLOSE}")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|&#x([0-9a-fA-F]+);|&#([0-9]+);")
# Structure, not words: what these hold is chosen by the program and shown nowhere as it stands.
STRUCTURE = set(
    "path kind duty category occasion responsible object_type object_id act id_hash token_hash audience stage key "
    "outcome effect also password username initials pinyin standing sex phone id_number role status effect state sheet "
    "raw gram".split()
)
# The same of one table: elsewhere a column of this name holds words.
STRUCTURE_OF = {
    "BulkAnswer.code", "Channel.address", "Channel.language", "Channel.last_error", "ColumnMapping.column",
    "DismissedSuggestion.rule", "Draft.address", "Draft.query", "Draft.words", "Job.language", "Job.subject",
    "Merge.former", "Message.claim", "Message.error", "Message.language", "OldLedger.content", "OldLedger.method",
    "OldLedger.project", "Paper.sha256", "Paper.stored_as", "Paper.thumb_as", "RosterImport.headings",
    "RosterPiece.content", "SavedFilter.page", "SavedFilter.query",
}  # fmt: skip
LABELS = ("members", "projects", "assessments")


@cache
def columns():
    """Every text column of our own models, in a fixed order."""
    found = []
    for model in apps.get_models():
        if model._meta.app_label.split("_")[0] in LABELS:
            for field in model._meta.concrete_fields:
                text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
                known = field.name in STRUCTURE or f"{model.__name__}.{field.name}" in STRUCTURE_OF
                if text and not known and (field.max_length or 99) > 8:
                    found.append((model, field))
    return found


def name_of(zone, index):
    model, field = columns()[index]
    return f"{model.__name__}.{field.name} of {zone}"


def mark(zone, index):
    return f"{OPEN}{ZONES[zone]}{chr(0x3500 + index)}{CLOSE}"


def mark_everything(scene):
    """Put a mark at the head of every text. Returns {mark: name} of all that were set."""
    where, known = Zones(scene), {}
    for model, numbered in groupby(enumerate(columns()), key=lambda pair: pair[1][0]):
        fields = [(index, field) for index, (_model, field) in numbered]
        for row in model._base_manager.all():
            if zone := where.of(row):
                words = {field.name: _marked(zone, index, field, row) for index, field in fields}
                model._base_manager.filter(pk=row.pk).update(**words)
                known |= {mark(zone, index): name_of(zone, index) for index, _field in fields}
    for person in Person.objects.all():
        pinyin, initials = search_keys(person.name)
        Person.objects.filter(pk=person.pk).update(pinyin=pinyin, initials=initials)
        write_grams(person)
    return known


def _marked(zone, index, field, row):
    return f"{mark(zone, index)}{getattr(row, field.name) or ''}"[: field.max_length or None]


class Zones:
    """Whose a row is: by its path, else by what it belongs to."""

    def __init__(self, scene):
        town = scene.town
        self.paths = {town.huaishuwan.path: "own", town.liulin.path: "near", town.foreign.path: "far"}
        self.paths |= {town.beitun.path: "far"}
        self.self = scene.people["own", "mobile"].pk

    def of(self, row):
        owner = getattr(row, "record", None) or getattr(row, "due", None) or getattr(row, "roster", None) or row
        if isinstance(row, Person) and row.pk == self.self:
            return "self"
        if type(row).__name__ in ("User", "SavedFilter"):
            grant = getattr(row, "user", row).grants.first()
            return self.paths.get(grant.unit.path) if grant else None
        holder = next((getattr(owner, n) for n in ("unit", "person") if getattr(owner, n, None) is not None), owner)
        path = getattr(owner, "path", None) or getattr(holder, "path", None)
        zone = self.paths.get(path)
        if zone and getattr(owner, "restricted", False):
            return f"{zone}!"
        mine = self.self in (getattr(owner, "person_id", None), getattr(row, "person_id", None)) or (
            hasattr(owner, "subjects") and owner.subjects.filter(person=self.self).exists()
        )
        return "self" if zone and mine else zone


def texts_of(response):
    """Everything an answer says: headers, body, and the parts of a workbook in it."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    yield unquote(str(dict(response.headers)))
    yield unquote(str(response.cookies))
    if body[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(body)) as book:
            for name in book.namelist():
                yield f"{name} {book.read(name).decode('utf-8', 'replace')}"
    else:
        yield body.decode("utf-8", "replace")


def marks_in(text):
    """{(zone character, column character)}; also where the text is escaped for scripts, attributes or addresses."""
    plain = ESCAPED.sub(lambda m: chr(int(m[1] or m[2] or "0", 16) if m[1] or m[2] else int(m[3])), text)
    return set(MARK.findall(plain)) | (set(MARK.findall(unquote(plain))) if "%" in plain else set())
