"""Who is on the roll of a place: by category, and on the way to membership. Each number opens the people behind it and
is counted as their list counts. The development of members is counted by standing, never by category (DOMAIN §2)."""

from django.db.models import Count
from django.utils.text import capfirst

from members.filters import shown_enrolments
from members.models import Person, Standing
from members.models.people import CANDIDATE_STANDINGS, MEMBER_STANDINGS

from .standing_out import link

FUNNEL = (*CANDIDATE_STANDINGS, Standing.PROBATIONARY)


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
        """{"bars": items of components/bar_chart.html, "max"}, and full members beside it: beside the few on the way
        they would be the only bar to be seen."""
        bars = [
            self._bar(Standing(standing).label, self.standings.get(standing, 0), standing=str(standing))
            for standing in FUNNEL
        ]
        full = self._bar(Standing.FULL.label, self.standings.get(Standing.FULL, 0), standing="full")
        return {"bars": bars, "max": max(bar["value"] for bar in bars) or 1, "full": full}

    def distribution(self):
        """{"bars", "max"}: somebody who stands in two categories is counted in both, as in the list behind it."""
        rows = shown_enrolments(self.user).filter(person__in=self.people).order_by().values_list("category")
        found = dict(rows.annotate(Count("person", distinct=True)))
        bars = [self._bar(p.people, found.get(p.category, 0), category=p.category) for p in self.projects]
        return {"bars": bars, "max": max((bar["value"] for bar in bars), default=0) or 1}

    def _bar(self, label, value, **query):
        url = link("people", **query, unit=self.root.pk) if value else ""
        return {"label": capfirst(str(label)), "value": value, "url": url}
