"""The navigation of every page. Nothing is computed until a template draws it."""

from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from members.access import CONFIRM, MANAGE, REPORT, VIEW, VIEW_RESTRICTED, WRITE, scope_of
from members.models import Category, Enrolment, Status, Unit
from projects import registry
from projects.own import own_duties
from xitun.owed import owed

BADGE_LIMIT = 99


def navigation(request):
    """nav, tabs, unit_name and account_url for base.html."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    bar = Bar(request, user)
    return {
        "nav": SimpleLazyObject(lambda: bar.groups),
        "tabs": SimpleLazyObject(lambda: bar.tabs),
        "unit_name": SimpleLazyObject(bar.unit_name),
        "account_url": bar.url("me"),
    }


class Bar:
    """What one user finds in the side navigation and in the bar at the foot of a phone."""

    def __init__(self, request, user):
        self.path, self.user, self.scope = request.path, user, scope_of(user)

    @property
    def groups(self):
        can = self.scope.can
        first = [
            self.item("home", _("Home"), "house"),
            can(VIEW) and self.to_do(),
            can(WRITE) and self.item("reminders", _("Reminders"), "bell"),
            can(CONFIRM) and self.item("decisions", _("Decisions"), "clipboard-check", badge=self.proposals),
            can(VIEW) and self.item("people", _("People"), "people"),
            can(VIEW) and self.item("life", _("Organisational life"), "calendar-event"),
            can(WRITE) and self.item("completeness", _("To complete"), "pencil-square"),
            self.user.person_id and self.item("person", _("My own file"), "person", self.user.person_id),
        ]
        papers = [
            can(VIEW) and self.item("ledgers", _("Ledgers"), "table"),
            can(REPORT) and self.item("reports", _("Quarterly report"), "bar-chart"),
        ]
        office = [
            can(WRITE) and self.item("roster-import", _("Import a roster"), "upload"),
            (can(CONFIRM) or can(MANAGE)) and self.item("users", _("Users"), "person-badge"),
            can(MANAGE) and self.item("units", _("Branches"), "diagram-3"),
            (can(CONFIRM) or can(MANAGE)) and self.item("calendar", _("Working days"), "calendar-check"),
            (can(CONFIRM) or can(MANAGE)) and self.item("settings", _("Settings"), "sliders"),
            can(MANAGE) and self.item("channels", _("Channels"), "send"),
            (can(CONFIRM) or can(MANAGE)) and self.item("audit", _("Traces"), "clock-history"),
        ]
        groups = (
            ("", first),
            (_("The eight projects"), self.projects()),
            (_("Ledgers and reports"), papers),
            (_("Office"), office),
        )
        groups = [{"label": label, "items": [item for item in items if item]} for label, items in groups]
        return [group for group in groups if group["items"]]

    @property
    def tabs(self):
        can = self.scope.can
        tabs = [
            self.item("home", _("Home"), "house"),
            can(VIEW) and self.item("people", _("People"), "people"),
            can(WRITE) and self.item("quick-record", _("Record"), "plus-lg", primary=True),
            can(VIEW) and self.to_do(),
            self.item("me", _("Me"), "person"),
        ]
        return [tab for tab in tabs if tab]

    def projects(self):
        if not self.scope.can(VIEW):
            return []
        restricted = self.scope.can(VIEW_RESTRICTED)
        shown = [p for p in registry.all_projects() if restricted or not p.restricted]
        chinese = (get_language() or "zh").startswith("zh")
        return [
            self.item("project", f"{p.management} · {p.people}" if chinese else str(p.people), p.icon, p.code)
            for p in shown
        ]

    def item(self, name, label, icon, *args, badge=None, primary=False):
        """An entry, or None where this house has no such page."""
        url = self.url(name, *args)
        if not url:
            return None
        active = self.path == url or (url != "/" and self.path.startswith(url))
        return {
            "label": label, "url": url, "icon": icon, "active": active, "primary": primary,
            "badge": badge() if badge else "",
        }  # fmt: skip

    def to_do(self):
        """Of the town office its own, which is what the badge counts; a secretary's list is their own by itself."""
        item = self.item("dues", _("To do"), "check2-square", badge=self.open_dues)
        if item and self.scope.can(CONFIRM):
            item["url"] += "?whose=mine"
        return item

    @staticmethod
    def url(name, *args):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            return ""

    def open_dues(self):
        if not hasattr(self, "_open_dues"):
            mine = owed(self.user).filter(own_duties(self.user), settled=False)
            self._open_dues = self._capped(mine) if self.scope.can(WRITE) else ""
        return self._open_dues

    def proposals(self):
        waiting = Enrolment.objects.writable_by(self.user, CONFIRM).filter(
            category__in=Category.values,  # all of them: the index begins with the category
            status__in=(Status.PROPOSED, Status.EXIT_PROPOSED),
        )
        return self._capped(waiting)

    @staticmethod
    def _capped(queryset):
        number = queryset.order_by()[: BADGE_LIMIT + 1].count()
        return f"{BADGE_LIMIT}+" if number > BADGE_LIMIT else number or ""

    def unit_name(self):
        """The place of the first role held."""
        held = [grant for grant in self.scope.grants if grant.path and self.scope.can(VIEW, grant.path)]
        first = min(held, key=lambda grant: grant.path, default=None)
        return str(Unit(name=first.name, name_en=first.name_en)) if first else ""
