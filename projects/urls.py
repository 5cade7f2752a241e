"""What is due, the records, the projects and their ledgers."""

from importlib.util import find_spec

from django.urls import include, path

from .registry import ROOMS
from .views import (
    amend,
    bin,
    channels,
    drafts,
    dues,
    ledger_files,
    ledgers,
    nudges,
    old_ledgers,
    papers,
    printed,
    projects,
    quick,
    receipts,
    records,
    reminders,
    sweep,
)

urlpatterns = [
    path("dues/", dues.dues, name="dues"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/nudge/units/<int:pk>/", nudges.nudge_unit, name="nudge-unit"),
    path("reminders/nudge/dues/<int:pk>/", nudges.nudge_due, name="nudge-due"),
    path("reminders/dues/<int:pk>/quiet/", reminders.due_snooze, name="due-snooze"),
    path("reminders/dues/<int:pk>/wake/", reminders.due_wake, name="due-wake"),
    path("channels/", channels.channels, name="channels"),
    path("channels/new/", channels.channel_new, name="channel-new"),
    path("channels/<int:pk>/", channels.channel, name="channel"),
    path("channels/<int:pk>/test/", channels.channel_test, name="channel-test"),
    path("channels/hours/<int:pk>/", channels.hours, name="channel-hours"),
    path("messages/", channels.message_log, name="messages"),
    path("messages/<int:pk>/again/", channels.message_again, name="message-again"),
    path("me/e-mail/", channels.own_email, name="own-email"),
    path("dues/open/", sweep.open_duties, name="open-duties"),
    path("dues/<int:pk>/assign/", dues.due_assign, name="due-assign"),
    path("dues/<int:pk>/waive/", dues.due_waive, name="due-waive"),
    path("records/new/", quick.quick_record, name="quick-record"),
    path("records/<int:pk>/", records.record, name="record"),
    path("records/<int:pk>/amend/", amend.record_amend, name="record-amend"),
    path("records/<int:pk>/void/", records.record_void, name="record-void"),
    path("records/<int:pk>/receipts/", receipts.record_receipts, name="record-receipts"),
    path("receipts/<int:pk>/undo/", receipts.receipt_undo, name="receipt-undo"),
    path("records/<int:pk>/papers/", papers.papers_add, name="record-papers"),
    path("records/bin/", bin.record_bin, name="record-bin"),
    path("records/<int:pk>/restore/", bin.record_restore, name="record-restore"),
    path("records/drafts/<int:pk>/discard/", drafts.draft_discard, name="draft-discard"),
    path("papers/<int:pk>/", papers.paper, name="paper"),
    path("papers/<int:pk>/small/", papers.paper_small, name="paper-small"),
    path("papers/<int:pk>/off/", papers.paper_off, name="paper-off"),
    path("ledgers/", ledgers.ledgers, name="ledgers"),
    path("ledgers/<slug:project>/", ledgers.ledger, name="ledger"),
    path("ledgers/<slug:project>/export/", ledger_files.ledger_file, {"form": "xlsx"}, name="ledger-export"),
    path("ledgers/<slug:project>/word/", ledger_files.ledger_file, {"form": "docx"}, name="ledger-word"),
    path("ledgers/<slug:project>/print/", ledger_files.ledger_file, {"form": "print"}, name="ledger-print"),
    path("ledgers/<slug:project>/import/", old_ledgers.old_ledger_new, name="old-ledger-new"),
    path("old-ledgers/<uuid:pk>/", old_ledgers.old_ledger, name="old-ledger"),
    path("old-ledgers/<uuid:pk>/write/", old_ledgers.old_ledger_write, name="old-ledger-write"),
    path("old-ledgers/<uuid:pk>/undo/", old_ledgers.old_ledger_undo, name="old-ledger-undo"),
    path("old-ledgers/<uuid:pk>/discard/", old_ledgers.old_ledger_discard, name="old-ledger-discard"),
    path("projects/<slug:project>/", projects.project, name="project"),
    path(
        "projects/<slug:project>/<str:subject>/<int:pk>/forms/<slug:form>/", printed.printed_form, name="printed-form"
    ),
    path(
        "projects/<slug:project>/<str:subject>/<int:pk>/records/<slug:kind>/new/",
        records.record_new,
        name="record-new",
    ),
    *[path("", include(f"{room}.urls")) for room in ROOMS if find_spec(f"{room}.urls")],  # pages only one room has
]
