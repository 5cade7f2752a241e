"""Who has worked on people since a moment: asked before anything that concerns them is taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from members import hooks
from members.audit import LOOKS
from members.models import AuditRow, Person, User

UNDOABLE = timedelta(days=30)
_TRACE = ("person", "actor", "act", "at")


@dataclass(frozen=True)
class Edit:
    """Somebody has worked on a person. `act` is the name of an audit act."""

    person: Person
    by: User | None
    act: str
    at: datetime


class Edited(Exception):
    """`edits`: the newest Edit of each person somebody has worked on; `sealed`: units of which a quarter was sealed
    since. Nothing was taken back; `left` says how many people could be."""

    def __init__(self, edits, *, sealed=(), left=0):
        super().__init__(_("Somebody has worked on these people since. Nothing was taken back."))
        self.edits, self.sealed, self.left = edits, sealed, left


def edits_of(people, *, since):
    """[Edit], one a person, by name. `people` are keys, or a subquery of them; `since` is a datetime. What was only
    looked at is no work; every act leaves a trace."""
    traces = AuditRow.objects.filter(person__in=people, at__gt=since).exclude(act__in=LOOKS)
    found = {person: (who, act, at) for person, who, act, at in traces.order_by("at").values_list(*_TRACE)}
    for ask in hooks.written_about:
        found |= {person: (who, "save_record", at) for person, who, at in ask(people, since=since)}
    given = User.objects.filter(person__in=people, date_joined__gt=since)
    for person, who, at in given.values_list("person", "pk", "date_joined"):
        found.setdefault(person, (who, "create_user", at))
    users = User.objects.in_bulk({who for who, _act, _at in found.values()})
    people = Person._base_manager.in_bulk(found)
    edits = [Edit(people[pk], users.get(who), act, at) for pk, (who, act, at) in found.items()]
    return sorted(edits, key=lambda edit: (edit.person.pinyin, edit.person.pk))
