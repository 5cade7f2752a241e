"""The traces: who did or looked at what, when and what for. For those who decide or look after accounts, only within
their scope."""

from datetime import datetime, time, timedelta

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from members.access import CONFIRM, MANAGE, VIEW, scope_of
from members.models import AuditRow
from members.trace_words import TraceWords
from xitun.lib.dates import SHANGHAI
from xitun.lib.forms import TypedDateField
from xitun.lib.keyset import keyset_page

PAGE_SIZE = 50

ACTS = {
    "register_person": gettext_lazy("added a person"),
    "correct_person": gettext_lazy("corrected a file"),
    "correct_row": gettext_lazy("corrected a day of the history"),
    "set_aside_fact": gettext_lazy("set a missing fact aside"),
    "ask_correction": gettext_lazy("asked for a correction"),
    "accept_correction": gettext_lazy("accepted a request for correction"),
    "refuse_correction": gettext_lazy("did not accept a request for correction"),
    "withdraw_correction": gettext_lazy("withdrew a request for correction"),
    "dismiss_suggestion": gettext_lazy("set a suggestion aside"),
    "copy_own_data": gettext_lazy("took a copy of their own data"),
    "change_standing": gettext_lazy("changed a standing"),
    "transfer_person": gettext_lazy("transferred a person"),
    "change_identity": gettext_lazy("entered a new name or ID number"),
    "merge_people": gettext_lazy("merged two files of one person"),
    "undo_merge": gettext_lazy("took the merge of two files apart"),
    "note_absence": gettext_lazy("noted that somebody is away"),
    "note_return": gettext_lazy("noted that somebody is back"),
    "come_home": gettext_lazy("entered a homecoming"),
    "advance_standing": gettext_lazy("entered the next stage of the way to membership"),
    "remove_from_roll": gettext_lazy("took a person off the roll by a decision"),
    "convert_member": gettext_lazy("made a probationary member a full one"),
    "extend_probation": gettext_lazy("extended a probation"),
    "return_to_roll": gettext_lazy("returned a person to the roll"),
    "propose_transfer": gettext_lazy("sent a person to another branch"),
    "receive_transfer": gettext_lazy("entered the receipt of a transfer"),
    "decline_transfer": gettext_lazy("declined a transfer"),
    "withdraw_transfer": gettext_lazy("withdrew a transfer"),
    "reveal_person": gettext_lazy("looked at whole numbers"),
    "view_restricted": gettext_lazy("looked at restricted content"),
    "view_ledger": gettext_lazy("looked at a restricted ledger"),
    "export_people": gettext_lazy("exported the list of people"),
    "export_ledger": gettext_lazy("exported a ledger"),
    "export_report": gettext_lazy("exported a quarterly report"),
    "view_report": gettext_lazy("looked at a quarterly report"),
    "stage_roster": gettext_lazy("uploaded a roster"),
    "map_columns": gettext_lazy("said what headings of a roster mean"),
    "hand_back_roster": gettext_lazy("took an uploaded roster back with what is wrong in it"),
    "settle_line": gettext_lazy("said who a line of a roster is about"),
    "confirm_roster": gettext_lazy("confirmed a roster"),
    "undo_roster": gettext_lazy("took an import back"),
    "discard_roster": gettext_lazy("threw a roster away"),
    "mend_roster": gettext_lazy("mended lines of a roster before it was written"),
    "forget_roster": gettext_lazy("destroyed a roster nobody confirmed"),
    "forget_formers": gettext_lazy("destroyed what had stood before an import"),
    "propose_category": gettext_lazy("proposed a category"),
    "confirm_category": gettext_lazy("confirmed a category"),
    "complete_proposal": gettext_lazy("entered what a proposal lacked"),
    "return_category": gettext_lazy("returned a proposal"),
    "withdraw_proposal": gettext_lazy("took a proposal back"),
    "carry_over_category": gettext_lazy("carried a category over"),
    "regularise_category": gettext_lazy("entered evidence of a category carried over"),
    "propose_exit": gettext_lazy("proposed the end of a category"),
    "decline_exit": gettext_lazy("kept a category"),
    "name_helper": gettext_lazy("named a helper"),
    "end_category": gettext_lazy("ended a category"),
    "save_record": gettext_lazy("wrote a record"),
    "amend_record": gettext_lazy("put a record right"),
    "note_receipts": gettext_lazy("noted who has read what was sent"),
    "undo_receipt": gettext_lazy("took back that somebody has read it"),
    "void_record": gettext_lazy("took a record back"),
    "restore_record": gettext_lazy("brought a record back from the bin"),
    "add_papers": gettext_lazy("put photos or files to a record"),
    "void_paper": gettext_lazy("took a photo or file off a record"),
    "view_paper": gettext_lazy("looked at a photo or file of a restricted record"),
    "expire_drafts": gettext_lazy("destroyed drafts thirty days old"),
    "waive_due": gettext_lazy("waived a duty"),
    "snooze_due": gettext_lazy("let a duty be quiet for a while"),
    "wake_due": gettext_lazy("let a duty be heard of again"),
    "nudge": gettext_lazy("nudged a branch"),
    "set_channel": gettext_lazy("changed a channel"),
    "go_silent": gettext_lazy("restored a backup, with every channel switched off"),
    "speak_again": gettext_lazy("switched the channels on again after a restore"),
    "test_channel": gettext_lazy("sent a test message"),
    "retry_message": gettext_lazy("let a message go out again"),
    "set_own_email": gettext_lazy("changed their own e-mail for reminders"),
    "assign_due": gettext_lazy("gave a duty to somebody"),
    "open_duties": gettext_lazy("opened the duties"),
    "never_left": gettext_lazy("put back whoever had never left the roll"),
    "hold_post": gettext_lazy("entered a post"),
    "leave_post": gettext_lazy("ended a post"),
    "create_unit": gettext_lazy("added a unit"),
    "end_unit": gettext_lazy("ended a unit"),
    "create_user": gettext_lazy("added a user"),
    "grant_role": gettext_lazy("gave a role"),
    "end_role": gettext_lazy("ended a role"),
    "hand_over": gettext_lazy("handed a role over"),
    "set_holidays": gettext_lazy("entered the holidays of a year"),
    "set_setting": gettext_lazy("changed when and how often reminders go out"),
    "change_setting": gettext_lazy("changed a setting"),
    "withdraw_setting": gettext_lazy("withdrew a change of a setting"),
    "print_form": gettext_lazy("opened a form to print"),
    "make_host_link": gettext_lazy("made a confirmation link for the host organisation"),
    "revoke_host_link": gettext_lazy("took a confirmation link back"),
    "answer_host_link": gettext_lazy("the host organisation answered through the link"),
    "note_host_answer": gettext_lazy("read the host organisation's answer"),
    "keep_old_ledger": gettext_lazy("uploaded an old ledger"),
    "write_old_ledger": gettext_lazy("wrote the records of an old ledger"),
    "undo_old_ledger": gettext_lazy("took the import of an old ledger back"),
    "discard_old_ledger": gettext_lazy("threw an old ledger away"),
    "forget_old_ledger": gettext_lazy("destroyed an old ledger nobody confirmed"),
    "make_slip": gettext_lazy("made a sign-in slip"),
    "use_slip": gettext_lazy("signed in by slip"),
    "revoke_device": gettext_lazy("forgot a device"),
    "end_sign_ins": gettext_lazy("signed out everywhere"),
    "close_account": gettext_lazy("closed an account"),
    "reopen_account": gettext_lazy("opened an account again"),
    "switch_letter_keys": gettext_lazy("turned the single-letter keys on or off"),
    "issue_token": gettext_lazy("made an API token"),
    "revoke_token": gettext_lazy("revoked an API token"),
    "save_filter": gettext_lazy("kept a filter"),
    "drop_filter": gettext_lazy("dropped a kept filter"),
    "add_key": gettext_lazy("began a change of the encryption key"),
    "drop_old_keys": gettext_lazy("ended a change of the encryption key"),
}


class AuditFilter(forms.Form):
    act = forms.ChoiceField(label=gettext_lazy("Act"), required=False)
    who = forms.CharField(label=gettext_lazy("Who"), required=False, max_length=40)
    since = TypedDateField(label=gettext_lazy("From day"), required=False)
    until = TypedDateField(label=gettext_lazy("Until day"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = [("", _("All")), *((act, capfirst(str(words))) for act, words in ACTS.items())]

    def narrow(self, rows):
        """The rows that match; none when a filter makes no sense."""
        if not self.is_valid():
            return rows.none()
        data = self.cleaned_data
        if data["act"]:
            rows = rows.filter(act=data["act"])
        if data["who"]:
            rows = rows.filter(
                Q(actor__username__icontains=data["who"]) | Q(actor__display_name__icontains=data["who"])
            )
        if data["since"]:
            rows = rows.filter(at__gte=_midnight(data["since"]))
        if data["until"]:
            rows = rows.filter(at__lt=_midnight(data["until"] + timedelta(days=1)))
        return rows


@login_required
@require_safe
def audit(request):
    scope = scope_of(request.user)
    if not (scope.can(CONFIRM) or scope.can(MANAGE)):
        raise PermissionDenied
    form = AuditFilter(request.GET)
    rows = AuditRow.objects.visible_to(request.user).filter(scope.q(CONFIRM, "path") | scope.q(MANAGE, "path"))
    rows = form.narrow(rows).select_related("actor", "person").defer("person__id_number")
    page = keyset_page(rows, ("-pk",), request.GET, PAGE_SIZE)
    words = TraceWords(page.rows, request.user)
    context = {"form": form, "page": page, "lines": [_line(row, scope, words) for row in page]}
    return render(request, "members/audit.html", context)


def _line(row, scope, words):
    """A trace in words. The person is named only where the reader could open their file."""
    return {
        "row": row,
        "act": ACTS.get(row.act) or row.act.replace("_", " "),
        "person": row.person if row.person and scope.can(VIEW, row.person.path) else None,
        "detail": words.of(row),
    }


def _midnight(day):
    return datetime.combine(day, time(), SHANGHAI)
