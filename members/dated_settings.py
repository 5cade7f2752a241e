"""The numbers that a regulation or a town sets and that change from a day on: declared beside their use, one row of
`Setting` a change. What is declared here or in an app above stands on the settings page by itself."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from .models import Setting

SWITCH = "switch"  # 1 is on, 0 is off
UNITS = {
    "years": ngettext_lazy("%(n)s year", "%(n)s years", "n"),
    "months": ngettext_lazy("%(n)s month", "%(n)s months", "n"),
    "people": ngettext_lazy("%(n)s person", "%(n)s people", "n"),
    "hours": ngettext_lazy("%(n)s study hour", "%(n)s study hours", "n"),
    "days": ngettext_lazy("%(n)s day", "%(n)s days", "n"),
    "workdays": ngettext_lazy("%(n)s working day", "%(n)s working days", "n"),
}
SWITCHED = {0: gettext_lazy("not kept"), 1: gettext_lazy("kept")}


@dataclass(frozen=True)
class DatedSetting:
    """A whole number between `least` and `most`, both included. `unit`: a key of UNITS, or SWITCH. `source`: the
    line of DOMAIN or of the regulation; `used_by`: what changes with it, in the words of who decides. `of_branch`: set
    for one branch too, by the town office, because it says how things are there."""

    key: str
    label: str | Promise
    unit: str
    default: int
    least: int
    most: int
    source: str
    used_by: str | Promise
    of_branch: bool = False

    def on(self, day, path=""):
        """The value in force on `day` for the unit at `path`."""
        return int(Setting.value_on(self.key, day=day, path=path, default=self.default))

    def by_path(self, day):
        """{path of a unit: value set there}; "" is everywhere else. One query."""
        return {"": self.default} | Setting.values_on(self.key, day=day)

    def where(self, day, build, field="path"):
        """Q over rows with a `field` of paths: `build(value)`, a Q, with the value in force where each row stands."""
        values = self.by_path(day)
        q = build(int(values.pop("")))
        for path in sorted(values, key=len):  # the nearest is laid over last
            here = Q(**{f"{field}__startswith": path})
            q = (here & build(int(values[path]))) | (~here & q)
        return q

    def words(self, value):
        """The value as a person reads it."""
        if self.unit == SWITCH:
            return SWITCHED[int(bool(value))]
        return UNITS[self.unit] % {"n": int(value)}

    @property
    def bounds(self):
        words = {"least": self.words(self.least), "most": self.words(self.most)}
        return "" if self.unit == SWITCH else _("From %(least)s to %(most)s.") % words


SETTINGS = {}


def declare(key, **columns):
    """Register a DatedSetting under its key."""
    SETTINGS[key] = DatedSetting(key=key, **columns)
    return SETTINGS[key]
