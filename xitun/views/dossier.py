"""A person's page: what is owed to them, what happened, which categories and posts, and the masked file.

What a reader may not see is not on the page at all. Every look at restricted content leaves a trace (DOMAIN §5).
"""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.access import CONFIRM, REVEAL, WRITE, get_visible, scope_of
from members.actions.categories import missing_for
from members.audit import trace_view
from members.exits import add_exits
from members.forms import RevealForm
from members.merged import kept_file, undoable_merges
from members.models import Absence, Category, Person, PostHolding, Role, Standing, Status, Transfer
from members.models.causes import why_said
from projects import registry
from projects.joint.host_links import answers_to_note
from projects.ledgers import right_for
from projects.life.counts import year_of
from projects.lines import due_line, for_lines
from projects.links import SUBJECTS
from projects.models import Due
from projects.panels import panels_of
from projects.words import occasion_name
from projects.workflow import Responsible, Subject
from xitun.lib.dates import Quarter, Year, age_on, today
from xitun.lib.ids import mask_id, mask_phone

from .changes import changes_of
from .timeline import Narrowed, enrolments_of, hides_closed_case, records_of, timeline


@login_required
@require_safe
def person(request, pk):
    user = request.user
    try:
        someone = get_visible(Person.objects.select_related("unit"), user, pk=pk)
    except Http404:
        return redirect("person", pk=get_visible(Person.objects, user, pk=kept_file(pk)).pk)
    hidden = hides_closed_case(someone, user)
    records = records_of(someone, user, hide_closed=hidden)
    categories = categories_of(someone, user, hidden)
    posts, transfers = _posts(someone, user), _transfers(someone, user)
    changes = changes_of(someone, user, categories=categories, posts=posts, transfers=transfers)
    narrowed = Narrowed(records, changes, request.GET, reverse("person", args=[someone.pk]), user)
    entries, page = timeline(narrowed, request.GET, user)
    lines = _dues(someone, user, hidden)
    trace_view(user, someone, [e["record"] for e in entries if "record" in e], categories, [line.due for line in lines])
    context = {
        "person": someone,
        "own": user.person_id == someone.pk,
        "header": header(someone),
        "lines": lines,
        "entries": entries,
        "page": page,
        "pills": narrowed.pills,
        "categories": categories,
        "panels": panels_of([row for row in categories if row.now], user),
        "transfer": _waiting(transfers, user),
        "host_answers": _host_answers(someone, user),
        "merges": undoable_merges(someone, user),
        "posts": posts,
        "facts": facts_of(someone, user),
        "year": (year := Year.of(today())),
        "attended": year_of(someone, year, user),
        "acts": _acts(someone, user),
        "own_acts": _own_acts(someone) if user.person_id == someone.pk else [],
        "reveal": RevealForm(auto_id="reveal_%s") if scope_of(user).can(REVEAL, someone.path) else None,
        "record_url": _record_url(someone, user),
    }
    return render(request, "members/person.html", context)


def header(person):
    """Branch, sex, age, years in the Party: only what is known."""
    day = today()
    age = age_on(person.birth_date, day) if person.birth_date else None
    years = age_on(person.joined_on, day) if person.joined_on and person.is_member else None
    return [
        str(person.unit),
        person.get_sex_display(),
        _("%(n)s years old") % {"n": age} if age is not None else "",
        _("%(n)s years in the Party") % {"n": years} if years is not None else "",
    ]


def _dues(person, user, hidden):
    """Lines of this quarter's dues and of everything still open, open ones first."""
    quarter = Quarter.of(today())
    dues = Due.objects.visible_to(user).filter(person=person, opens_on__lte=today())
    if hidden:
        dues = dues.exclude(category=Category.BACKWARD)
    dues = dues.filter(~Q(category=Category.BACKWARD) | Q(enrolment__in=enrolments_of(person, user)))
    dues = for_lines(dues).filter(
        Q(due_on__gte=quarter.start, due_on__lt=quarter.end) | Q(state__in=("open", "overdue"))
    )
    back = reverse("person", args=[person.pk])
    rows = [due_line(due, user, back=back) for due in dues.order_by("due_on", "pk")]
    # The page says whose these are; a line needs only its turn and who has to do it.
    rows = [replace(line, detail=" · ".join(filter(None, _turn(line.due)))) for line in rows]
    return sorted(rows, key=lambda line: line.due.state not in ("open", "overdue"))


def _turn(due):
    role = Role.SECRETARY if due.responsible == Responsible.HELPER else Role(due.responsible)  # where none is named
    return due.about, occasion_name(due.occasion), str(due.assignee or role.label)


def categories_of(person, user, hidden):
    """Enrolments now, then before; who decided. A closed case of help and education is not listed."""
    rows = enrolments_of(person, user).filter(superseded_at=None)
    rows = rows.select_related("unit", "decided_by", "recorded_by", "helper").order_by("-from_date", "-pk")
    rows = [row for row in rows if not (hidden and row.category == Category.BACKWARD)]
    scope = scope_of(user)
    add_exits(rows, user)
    for row in rows:
        row.now = row.status in (Status.ACTIVE, Status.EXIT_PROPOSED)
        row.may_read_why = scope.can(WRITE, row.path) or user.person_id == person.pk  # a reason may name what is hidden
        row.missing = missing_for(row) if row.status == Status.PROPOSED else []
        row.acts = _category_acts(row, scope)
    return sorted(rows, key=lambda row: not (row.now or row.status == Status.PROPOSED))


def _category_acts(row, scope):
    """What this user may do with one enrolment: the town decides, the branch proposes and enters."""
    writes, decides = scope.can(WRITE, row.path), scope.can(CONFIRM, row.path)
    mine = writes and not decides and row.status == Status.PROPOSED
    helped = any(duty.by is Responsible.HELPER for duty in registry.project_of(row.category).duties)
    acts = [
        (decides and row.status == Status.PROPOSED, "category-decide", _("Decide")),
        (writes and row.missing, "category-regularise", _("Enter what is missing")),
        (mine and not row.missing, "category-regularise", _("Add evidence")),
        (mine, "proposal-withdraw", _("Take back")),
        (decides and row.status == Status.EXIT_PROPOSED, "category-decide-exit", _("Decide")),
        (writes and row.now and row.carried_over, "category-regularise", _("Regularise")),
        (writes and row.now and helped, "category-helper", _("Helper")),
        (writes and row.now and row.category == Category.MOBILE, "category-come-home", _("Came home")),
        (writes and row.now and row.category == Category.MOBILE, "host-link", _("Confirmation link")),
        (writes and not decides and row.status == Status.ACTIVE, "category-propose-exit", _("Propose the end")),
        (decides and row.status == Status.ACTIVE, "category-end", _("End this")),
    ]
    shown = [{"url": reverse(name, args=[row.pk]), "label": label} for may, name, label in acts if may]
    reads = scope.can(right_for(registry.project_of(row.category)), row.path)
    return shown + (_forms(row) if row.now and reads else [])


def _forms(row):
    """The papers of the office about this enrolment."""
    project = registry.project_of(row.category)
    place = [project.code, SUBJECTS[str(Subject.ENROLMENT)], row.pk]
    forms = project.forms if project.ledger_subject is Subject.ENROLMENT else ()
    return [{"url": reverse("printed-form", args=[*place, form.code]), "label": form.name} for form in forms]


def _posts(person, user):
    rows = PostHolding.objects.visible_to(user).filter(person=person, superseded_at=None)
    rows = list(rows.select_related("recorded_by").order_by("-from_date"))
    for row in rows:
        row.may_leave = not row.to_date and scope_of(user).can(CONFIRM, row.path)
    return rows


def _transfers(person, user):
    rows = Transfer.objects.visible_to(user).filter(person=person)
    return list(rows.select_related("to_unit", "recorded_by", "settled_by"))


def _waiting(transfers, user):
    """The transfer that waits for receipt, with the address of its page for those who write here; or None."""
    row = next((row for row in transfers if row.state == Transfer.State.WAITING), None)
    if row:
        row.url = reverse("transfer", args=[row.pk]) if scope_of(user).can(WRITE, row.path) else ""
    return row


def _host_answers(person, user):
    """What the host organisation answered through a link and nobody has read yet."""
    if not scope_of(user).can(WRITE, person.path):
        return []
    return list(answers_to_note(user).filter(enrolment__person=person))


def _away(person, user):
    """Since when and where somebody is away, as noted; or ""."""
    row = Absence.objects.visible_to(user).open().filter(person=person).first()
    return f"{date_format(row.from_date)} · {row.place}" if row else ""


def facts_of(person, user):
    """The file as pairs of label and value; numbers masked, the address for those who write here and the person."""
    field = Person._meta.get_field
    near = scope_of(user).can(WRITE, person.path) or user.person_id == person.pk
    left = person.standing == Standing.FORMER and person.standings.filter(to_date=None, superseded_at=None).first()
    names = "ethnicity education occupation group".split() + (["address"] if near else [])
    pairs = [
        (field("standing").verbose_name, person.get_standing_display()),
        (_("left on"), left and left.from_date),
        (_("because"), left and why_said(left.reason)),
        (_("away since"), near and _away(person, user)),
        (field("id_number").verbose_name, person.id_number and mask_id(person.id_number)),
        (field("phone").verbose_name, person.phone and mask_phone(person.phone)),
        *((field(name).verbose_name, getattr(person, name)) for name in ("birth_date", "joined_on", "full_member_on")),
        *((field(name).verbose_name, getattr(person, name)) for name in names),
    ]
    return [{"label": label, "value": value} for label, value in pairs if value]


def _acts(person, user):
    """What this user may do here; each only with its right, and only where the page exists."""
    scope = scope_of(user)
    acts = [
        (WRITE, "category-propose", _("Propose a category"), "tags"),
        (WRITE, "person-correct", _("Correct the file"), "pencil-square"),
        (WRITE, "person-identity", _("New name or ID number"), "person-badge"),
        (WRITE, "person-transfer", _("Transfer"), "arrow-left-right"),
        (CONFIRM, "person-sign-in", _("Give a sign-in"), "key"),
        (CONFIRM, "person-standing", _("Left the Party") if person.is_member else _("Next stage"), "signpost"),
        (CONFIRM, "person-merge", _("Merge with another file"), "people"),
        (WRITE, "person-death", _("Enter a death"), "flower1"),
    ]
    if person.category != Category.MOBILE:  # whose going out and homecoming are records of their own
        acts.insert(3, (WRITE, "person-away", _("Away or back"), "geo-alt"))
    if person.standing == Standing.FORMER:
        acts = [
            acts[1],
            (WRITE, "person-return", _("Return to the roll"), "arrow-counterclockwise"),
            (CONFIRM, "person-never-left", _("Entered by mistake: never left"), "person-check"),
        ]
    if person.standing == Standing.PROBATIONARY:
        acts.insert(2, (CONFIRM, "person-conversion", _("End of probation"), "clipboard-check"))
    shown = [a for a in acts if scope.can(a[0], person.path)]
    found = [
        {"url": url, "label": label, "icon": icon}
        for _right, name, label, icon in shown
        if (url := _url(name, person.pk))
    ]
    if person.standing != Standing.FORMER and scope.can(CONFIRM, person.path):
        url = f"{reverse('post-new', args=[person.unit_id])}?person={person.pk}"
        found.insert(1, {"url": url, "label": _("Take a post"), "icon": "briefcase"})
    return found


def _own_acts(person):
    """What only the person themselves may do."""
    acts = [
        ("correction-ask", _("Ask for a correction"), "pencil"),
        ("person-looks", _("Who looked at my file"), "eye"),
        ("person-copy", _("A copy of my data"), "download"),
    ]
    return [{"url": _url(name, person.pk), "label": label, "icon": icon} for name, label, icon in acts]


def _record_url(person, user):
    if person.standing == Standing.FORMER or not scope_of(user).can(WRITE, person.path):
        return ""
    return f"{reverse('quick-record')}?person={person.pk}"


def _url(name, pk):
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""
