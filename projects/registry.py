"""The rooms by name. A ninth project is one folder and one line here; nothing else in the engine names a room.

`all_projects()` are the eight that have a category; `all_rooms()` has organisational life besides, which concerns the
branch itself. What lists categories asks for the first, what looks up duties, kinds and records for the second.
"""

from functools import cache
from importlib import import_module

from django.apps import apps

from .workflow import DEATH

ROOMS = (
    "projects.post",
    "projects.guidance",
    "projects.joint",
    "projects.determined_person",
    "projects.transmission_help",
    "projects.key",
    "projects.visit",
    "projects.direct",
    "projects.life",
)


@cache
def all_rooms():
    """Every declared Project, also what has no category."""
    return tuple(import_module(f"{room}.workflow").PROJECT for room in ROOMS)


@cache
def all_projects():
    """The projects of people, in the order of the eight."""
    return tuple(p for p in all_rooms() if p.category)


@cache
def project(code):
    """The room of this code; KeyError when there is none."""
    return {p.code: p for p in all_rooms()}[code]


@cache
def project_of(category):
    return {p.category: p for p in all_projects()}[category]


@cache
def duties():
    """{"joint.follow_up": (project, duty)} over all rooms."""
    return {f"{p.code}.{d.code}": (p, d) for p in all_rooms() for d in p.duties}


@cache
def kinds():
    """{"joint.follow_up": (project, kind)} over all rooms."""
    return {f"{p.code}.{k.code}": (p, k) for p in all_rooms() for k in p.kinds}


@cache
def detail_model(kind_code):
    """The typed one-to-one model of a kind ("joint.follow_up"), or None."""
    owner, kind = kinds()[kind_code]
    return apps.get_model(f"projects_{owner.code}", kind.model) if kind.model else None


@cache
def rows_model(kind_code):
    """The model of the further rows a record of this kind has ("life.theme_day": who attended), or None."""
    owner, kind = kinds()[kind_code]
    return apps.get_model(f"projects_{owner.code}", kind.rows) if kind.rows else None


@cache
def form_of(kind_code):
    """The class of the room's forms.py that the record form of this kind is mixed with, or None."""
    owner, kind = kinds()[kind_code]
    return getattr(import_module(f"{_room(owner.code)}.forms"), kind.form) if kind.form else None


@cache
def tries_of(kind_code):
    """The detail model of a kind whose records may be tries that reached nobody, or None."""
    model = detail_model(kind_code)
    return model if model and any(field.name == "reached" for field in model._meta.fields) else None


@cache
def rules(project_code):
    return import_module(f"{_room(project_code)}.rules")


def _room(project_code):
    return next(r for r in ROOMS if r.rsplit(".", 1)[1] == project_code)


@cache
def once_a_person():
    """Codes of the duties of which a turn is owed once a person, whatever the number of stays."""
    return tuple(code for code, (_project, duty) in duties().items() if duty.once_a_person)


@cache
def may_precede():
    """Codes of the duties that something may settle which happened before they began."""
    return tuple(code for code, (_project, duty) in duties().items() if duty.may_precede)


@cache
def may_come_after(kind_code):
    """Whether such a record may have happened after the stay, the post or the branch had ended: it says so itself, or
    it keeps a promise or follows a death."""
    project, kind = kinds()[kind_code]
    settled = [duty for duty in project.duties if kind.code in duty.kinds]
    return kind.afterwards or any(duty.about or duty.after == DEATH for duty in settled)


def duties_discharged_by(kind_code):
    """Codes of the duties a record of this kind can discharge."""
    owner, kind = kinds()[kind_code]
    return tuple(f"{owner.code}.{d.code}" for d in owner.duties if kind.code in d.kinds)
