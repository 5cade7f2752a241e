"""Who is on the roll of a place: by category, and on the way to membership. Each number opens the people behind it and
is counted as their list counts. The development of members is counted by standing, never by category (DOMAIN §2)."""

from django.db.models import Count

from assessments import charts
from members.filters import shown_enrolments
from members.models import Person
from members.models.people import MEMBER_STANDINGS

from .standing_out import link


class Roll:
    """The people of one place, as one user may see them; `projects`: whose categories they may know."""

    def __init__(self, user, root, projects):
        self.user, self.root, self.projects = user, root, projects
        people = Person.objects.visible_to(user).filter(path__startswith=root.path).on_roll()
        found = people.order_by().values_list("standing").annotate(Count("pk"))
        self.people, self.standings = people, dict(found)

    @property
    def members(self):
        return sum(self.standings.get(standing, 0) for standing in MEMBER_STANDINGS)

    def funnel(self):
        found = charts.funnel(self.standings)
        for bar in [*found["bars"], found["full"]] if found else ():
            bar["url"] = self._people(bar["value"], standing=bar["standing"])
        return found

    def distribution(self):
        """{"bars", "max"}: somebody who stands in two categories is counted in both, as in the list behind it."""
        rows = shown_enrolments(self.user).filter(person__in=self.people).order_by().values_list("category")
        found = dict(rows.annotate(Count("person", distinct=True)))
        bars = []
        for project in self.projects:
            value = found.get(project.category, 0)
            url = self._people(value, category=project.category)
            bars.append({"label": project.people, "value": value, "url": url})
        return {"bars": bars, "max": max((bar["value"] for bar in bars), default=0) or 1}

    def _people(self, value, **query):
        return link("people", **query, unit=self.root.pk) if value else ""
