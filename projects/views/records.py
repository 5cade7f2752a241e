"""Writing down what was done, reading it, and taking it back."""

from datetime import date
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import floatformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from members.access import CONFIRM, VIEW, require, scope_of
from members.audit import trace_looks
from members.models import Person
from projects import hooks, registry
from projects.actions import save_record, void_record
from projects.bin import may_restore, may_undo
from projects.drafts import signed_writer, spend_draft
from projects.forms import VoidForm, record_form
from projects.forms_amend import written
from projects.forms_papers import AddPapersForm
from projects.forms_receipts import receipts_of
from projects.lines import due_line, for_lines, opened_by
from projects.links import kinds_of_due, safe_next
from projects.models import Discharge, Due, Paper, Record
from projects.occasions import about
from projects.receipts import message
from projects.targets import find_target, may_change, right_for_record
from projects.words import due_name, each_once, filled_by, kind_name, narrative_label, record_words, whom
from xitun.lib.forms import carried_out

from .drafts import keep_and_say, keep_refused, keeps_words, kept_quietly, offered
from .sent_again import sent_before, to_put_right, to_write_anew


@keeps_words
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record_new(request, project, subject, pk, kind):
    """The one form of all rooms. With htmx it stands in the line of the due it was opened from."""
    target = find_target(request.user, project, subject, pk, kind)
    sent = request.POST if request.method == "POST" else None
    if sent is not None and (record := sent_before(request, target)):
        spend_draft(by=request.user, address=request.path)
        if "draft" in sent and "X-Keep" in request.headers:
            return HttpResponse(status=409)  # of a record that is saved: nothing more is kept of its form
        if url := to_put_right(request, record, target) or to_write_anew(request, record, target):
            return redirect(url)
        return _saved(request, record, again=True)
    if sent is not None and "draft" in sent:
        return _kept(request)
    files = request.FILES if request.method == "POST" else None
    form = record_form(target.kind_code)(
        sent, files, target=target, user=request.user, due=request.GET.get("due"), asked=request.GET
    )
    saved, prepared = [], bool(sent and "prepare" in sent and target.kind.message and form.is_valid())
    if form.is_bound and not prepared and carried_out(form, lambda: saved.append(_save(request, form))):
        return _saved(request, saved[0])
    if form.is_bound and (record := sent_before(request, target)):  # the other tap of a double tap was quicker
        return _saved(request, record, again=True)
    if "submission_id" in form.errors:
        form.data = form.data.copy()
        form.data["submission_id"] = str(uuid4())
    keep_refused(request, form)
    line = _line(request, request.GET.get("due"))
    context = _form_context(request, target, form, line)
    if prepared:
        context["message"] = message(target.kind_code, form.cleaned_data)
    template = "projects/record_in_line.html" if line else "projects/record_form.html"
    context |= {"draft": offered(request, form, request.path)}
    return render(request, template, context, status=422 if form.is_bound and not prepared else 200)


@transaction.atomic
def _save(request, form):
    record = save_record(by=request.user, entry=form.entry())
    spend_draft(by=request.user, address=request.path)
    return record


def _kept(request):
    """Where keeping a draft leads: back to the list, or the line as it was (htmx)."""
    if quietly := kept_quietly(request):
        return quietly
    keep_and_say(request)
    back = safe_next(request, reverse("dues"))
    if line := _line(request, request.GET.get("due")):
        return render(request, "projects/due_line.html", {"line": due_line(line, request.user, back=back)})
    return redirect(back)


def _line(request, pk):
    """The due whose line on the page is replaced; only with htmx, and only when that line asks for it."""
    if not (pk and pk.isascii() and pk.isdigit() and request.htmx and request.htmx.target == f"due-{pk}"):
        return None
    return for_lines(Due.objects.visible_to(request.user)).filter(pk=pk).first()


def _swapped(request, template, context):
    """One line for the place of another; the page is told that its numbers have changed."""
    return trigger_client_event(render(request, template, context), "dues-changed")


def _form_context(request, target, form, line):
    headings, opens = filled_by(target.project, target.kind)
    asked = next((due for due in form.open_dues if str(due.pk) == form.asked_due), None)
    back = safe_next(request, reverse("dues"))
    other = [kind for _code, kind in kinds_of_due(asked) if kind != target.kind] if asked else []
    return {
        "target": target,
        "writer": signed_writer(request.user, target, request.path),
        "form": form,
        "line": line,
        "asked": asked,
        "settled_already": bool(form.asked_due and not asked and not form.is_bound),
        "settled_by": None if asked or form.is_bound else _settled_by(request.user, form.asked_due or ""),
        "others": [(kind, target.link(kind, due=asked.pk, back=back)) for kind in other],
        "headings": headings,
        "opens": opens,
        "last": (last := _last_contact(request.user, target)),
        "last_kind": kind_name(last.kind) if last else "",
        "back": back,
        "may_waive": bool(asked) and scope_of(request.user).can(CONFIRM, asked.path),
    }


def _settled_by(user, due):
    """The record that settles the due one came for, for whoever meant to change that one."""
    if not (due.isascii() and due.isdigit()):
        return None
    dues = Due.objects.visible_to(user).filter(pk=due)
    rows = Record.objects.visible_to(user).unsealed_for(user).live()
    return rows.filter(discharges__due__in=dues, discharges__undone_at=None).first()


def _last_contact(user, target):
    if target.person is None:
        return None
    rows = Record.objects.visible_to(user).unsealed_for(user).live().filter(subjects__person=target.person)
    return rows.order_by("-happened_on", "-pk").only("happened_on", "kind").first()


def _saved(request, record, *, again=False):
    """Where saving leads: the line as done (htmx), else back to the list with a word and an Undo."""
    if line := _line(request, request.GET.get("due")):
        context = {"line": due_line(line, request.user), "record": record, "may_undo": may_undo(record, request.user)}
        return _swapped(request, "projects/due_saved.html", context)
    if again:
        messages.info(request, _("This form had been saved already; nothing was written twice."))
    else:
        context = {
            "record": record,
            "who": whom(record),
            "kind": kind_name(record.kind),
            "settled": record.discharges.live().count(),
            "may_undo": may_undo(record, request.user),
            "next": safe_next(request, reverse("dues")),
            "tried": _reached_nobody(record),
            "made": opened_by(record, request.user),
            "steps": [step for ask in hooks.next_steps if (step := ask(request.user, record))],
        }
        words = render_to_string("projects/saved_message.html", context, request)
        messages.success(request, words, extra_tags="rendered")
    return redirect(safe_next(request, reverse("dues")))


def _reached_nobody(record):
    """Whether the record is a try: it was kept, and what is due stays due."""
    model = registry.tries_of(record.kind)
    return bool(model) and model.objects.filter(record=record, reached=False).exists()


@login_required
@require_safe
def record(request, pk):
    return record_page(request, find_record(request.user, pk))


def trace_look(user, record):
    """Whoever is shown what a restricted record says leaves a trace, whatever the page was asked for."""
    if record.restricted:
        trace_looks(user, [(record, record.concerned())])


def find_record(user, pk):
    records = Record.objects.visible_to(user).unsealed_for(user)
    return get_object_or_404(records.select_related("unit", "author", "post", "voided_by", "amends__author"), pk=pk)


def record_page(request, record, *, form=None, adding=None, receipts=None):
    """The page of a record; with a form that was refused (`form` takes it back, `adding` puts papers to it), or its
    receipts with one, the answer is 422."""
    trace_look(request.user, record)
    live = Discharge.objects.live().filter(record=record)
    settles = Due.objects.visible_to(request.user).filter(pk__in=live.values("due")).annotate(about=about())
    context = {
        "record": record,
        "kind": kind_name(record.kind),
        "narrative_label": narrative_label(record.kind),
        "detail": detail_of(record),
        "settles": each_once(due_name(due) for due in settles.order_by("due_on")),
        "form": form or VoidForm(),
        "adding": adding or AddPapersForm(),
        "receipts": receipts or receipts_of(request.user, record),
        "message": _message_of(record),
        **papers_shown(request.user, record),
        "later": _seen(request.user, amends=record.pk),
        "former": record.amends_id and _seen(request.user, pk=record.amends_id),
        "may_void": not record.voided_at and may_change(record, request.user),
        "may_undo": may_undo(record, request.user),
        "may_restore": may_restore(record, request.user),
        "panels": [found for panel in hooks.record_panels if (found := panel(request.user, record))],
        **_subjects(request.user, record),
    }
    return render(request, "projects/record.html", context, status=422 if form or adding or receipts else 200)


def papers_shown(user, record):
    """Those that hang on it, and for those who write here what was taken off."""
    rows = Paper.objects.visible_to(user).filter(record=record).select_related("voided_by").order_by("pk")
    writes = may_change(record, user)
    return {
        "papers": [row for row in rows if not row.voided_at],
        "taken_off": [row for row in rows if row.voided_at and writes],
    }


def _message_of(record):
    """The text that went with it, to send it to somebody once more."""
    known = registry.kinds().get(record.kind)
    return message(record.kind, written(record)) if known and known[1].message and not record.voided_at else ""


def _seen(user, **which):
    return Record.objects.visible_to(user).filter(**which).first()


def _subjects(user, record):
    """Who took part. A branch that reads the record because one of them moved there is shown that one only."""
    rows = list(record.subjects.select_related("person").defer("person__id_number").order_by("person__pinyin"))
    mine = Person.objects.visible_to(user).filter(pk__in=[row.person_id for row in rows])
    mine, own = set(mine.values_list("pk", flat=True)), scope_of(user).can(VIEW, record.path)
    shown = [(row.person, row.person_id in mine) for row in rows if own or row.person_id in mine]
    return {"people": shown, "more_people": len(rows) - len(shown)}


def detail_of(record):
    """[(label, value)] of the kind's own columns that say something."""
    known = registry.kinds().get(record.kind)
    model = registry.detail_model(record.kind) if known else None
    row = getattr(record, model._meta.get_field("record").remote_field.get_accessor_name(), None) if model else None
    if row is None:
        return []
    columns = [model._meta.get_field(name) for name in known[1].fields]
    said = [column for column in columns if column.value_from_object(row) not in (None, "")]
    return [(column.verbose_name, _shown(row, column)) for column in said]


def _shown(row, column):
    if column.choices:
        return getattr(row, f"get_{column.name}_display")()
    if column.is_relation:
        return record_words(getattr(row, column.name))
    value = column.value_from_object(row)
    if isinstance(value, date):
        return date_format(value)
    if getattr(column, "decimal_places", None) == 1:  # hours: 4, not 4.0
        return floatformat(value)
    return (_("yes") if value else _("no")) if isinstance(value, bool) else value


@login_required
@require_POST
def record_void(request, pk):
    """Take a record back: with a reason, or within ten minutes by its author with one tap."""
    record = find_record(request.user, pk)
    require(request.user, right_for_record(record), record.path)
    quick = "undo" in request.POST and may_undo(record, request.user)
    form = VoidForm({"reason": _("entered by mistake, taken back at once")} if quick else request.POST)

    def act():
        void_record(by=request.user, record=record, reason=form.cleaned_data["reason"])

    if not carried_out(form, act):
        return record_page(request, record, form=form)
    if line := _line(request, request.POST.get("due")):
        context = {"line": due_line(line, request.user, back=safe_next(request, reverse("dues")))}
        return _swapped(request, "projects/due_line.html", context)
    words = _("The record was taken back; what it had settled is owed again.")
    notice = {"tone": "green", "text": words, "url": reverse("record-bin"), "link": _("Open the bin")}
    messages.success(request, render_to_string("components/notice.html", notice), extra_tags="rendered")
    return redirect(safe_next(request, reverse("dues") if quick else reverse("record", args=[pk])))
