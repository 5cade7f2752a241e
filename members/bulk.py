"""Acts on several people of the list at once: what each will come to, who cannot and why. What is done for each of them
is the single act of members.actions."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from members import actions
from members.filters import shown_categories
from members.forms_bulk import GroupForm, HelperForAllForm, ProposeForAllForm
from members.models import Category, Enrolment, Person, Standing, Status
from members.models.enrolments import LIVE, RESTRICTED_CATEGORIES
from xitun.lib.ids import mask_phone

LIMIT = 200  # people at once; a page of the list has fewer


@dataclass
class Line:
    """One of the people ticked. `now`: what stands before; `refused`: why it cannot be done, "" when it can."""

    person: Person
    now: str = ""
    refused: str = ""
    enrolment: Enrolment | None = None

    @property
    def phone(self):
        """Tells two of the same name in the same village apart."""
        return mask_phone(self.person.phone) if self.person.phone else ""


class BulkAct:
    """`code` as in the address. `lines(people)` judges all with a fixed number of statements; `do` is the single act,
    with what the form says."""

    form_class = None

    def __init__(self, user, category=""):
        self.user, self.category = user, category
        self.label = str(dict(Category.choices).get(category, ""))

    def form(self, data, lines, **options):
        return self.form_class(data, **options)


class PartyGroup(BulkAct):
    """Who belongs to which party group."""

    form_class = GroupForm

    @property
    def title(self):
        return _("Put into a party group")

    @property
    def words(self):
        return _("They will stand in the party group named below; where they stand now is shown beside the name.")

    def lines(self, people):
        return [Line(person, person.group or _("no party group")) for person in people]

    def form(self, data, lines):
        units = {line.person.unit_id for line in lines}
        known = Person.objects.writable_by(self.user).on_roll().filter(unit__in=units).exclude(group="")
        return GroupForm(data, known=known.order_by("group").values_list("group", flat=True).distinct())

    def do(self, line, *, by, group, version):
        return actions.correct_person(by=by, person=line.person, version=version, group=group)


class Helper(BulkAct):
    """Who helps them in a category."""

    @property
    def title(self):
        return _("Helper in “%(category)s”") % {"category": self.label}

    @property
    def words(self):
        return _("What is open of the helper's duties goes over at once; what was written stays with who wrote it.")

    def lines(self, people):
        rows = Enrolment.objects.writable_by(self.user).live().filter(person__in=people, category=self.category)
        found = {row.person_id: row for row in rows.select_related("helper", "person", "unit")}
        return [self._line(person, found.get(person.pk)) for person in people]

    def _line(self, person, row):
        if row is None:
            return Line(person, refused=_("Does not stand in “%(category)s”.") % {"category": self.label})
        now = str(row.helper) if row.helper else _("nobody by name")
        return Line(person, now, enrolment=row)

    def form(self, data, lines):
        return HelperForAllForm(data, enrolments=[line.enrolment for line in lines if line.enrolment])

    def do(self, line, *, by, helper, version):
        return actions.name_helper(by=by, enrolment=line.enrolment, helper=helper)


class Proposal(BulkAct):
    """One of the six open categories is proposed, for one reason; the two restricted ones are proposed person by
    person, each with its own reason and evidence (DOMAIN §5)."""

    form_class = ProposeForAllForm

    @property
    def title(self):
        return _("Propose “%(category)s”") % {"category": self.label}

    @property
    def words(self):
        return _("Each is proposed by itself, with the same reason; the town decides on each.")

    def lines(self, people):
        rows = Enrolment.objects.writable_by(self.user).filter(person__in=people, status__in=(Status.PROPOSED, *LIVE))
        found = defaultdict(list)
        for row in rows.order_by("-primary", "pk"):
            found[row.person_id].append(row)
        return [self._line(person, found[person.pk]) for person in people]

    def _line(self, person, rows):
        stands = [row for row in rows if row.status != Status.PROPOSED]
        now = _(", ").join(str(row.get_category_display()) for row in stands) or _("no category")
        return Line(person, now, self._refused(person, rows))

    def _refused(self, person, rows):
        if person.standing == Standing.FORMER:
            return _("The person has left the roll; nothing can be proposed.")
        if any(row.category == self.category for row in rows):
            return _("The person already stands in this category, or is proposed for it.")
        if any(row.category in RESTRICTED_CATEGORIES for row in rows):
            return _("Stands in a category that is decided person by person: propose it on the person's own page.")
        return ""

    def do(self, line, *, by, version, **said):
        return actions.propose_category(by=by, person=line.person, category=self.category, **said)


KINDS = {"group": PartyGroup, "helper": Helper, "propose": Proposal}


def choices(user):
    """[(heading, [(code, label)])] of what `user` may do for several at once."""
    seen = shown_categories(user)
    open_ones = [(code, label) for code, label in seen if code not in RESTRICTED_CATEGORIES]
    yield "", [("group", _("Put into a party group"))]
    yield _("Propose a category"), [(f"propose-{code}", label) for code, label in open_ones]
    yield _("Name the helper in"), [(f"helper-{code}", label) for code, label in seen]


def chosen(code, user):
    """The BulkAct of this code; None when there is none that `user` may do."""
    if all(code != known for _heading, acts in choices(user) for known, _label in acts):
        return None
    kind, _dash, category = code.partition("-")
    return KINDS[kind](user, category)
