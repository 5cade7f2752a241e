"""What is due, the records, the projects and their ledgers."""

from django.urls import include, path

from .views import (
    amend,
    bin,
    drafts,
    dues,
    ledger_files,
    ledgers,
    papers,
    projects,
    quick,
    receipts,
    records,
    reminders,
    sweep,
)  # fmt: skip

urlpatterns = [
    path("dues/", dues.dues, name="dues"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("dues/open/", sweep.open_duties, name="open-duties"),
    path("dues/<int:pk>/waive/", dues.due_waive, name="due-waive"),
    path("records/new/", quick.quick_record, name="quick-record"),
    path("records/<int:pk>/", records.record, name="record"),
    path("records/<int:pk>/amend/", amend.record_amend, name="record-amend"),
    path("records/<int:pk>/void/", records.record_void, name="record-void"),
    path("records/<int:pk>/receipts/", receipts.record_receipts, name="record-receipts"),
    path("receipts/<int:pk>/undo/", receipts.receipt_undo, name="receipt-undo"),
    path("life/", include("projects.life.urls")),
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
    path("projects/<slug:project>/", projects.project, name="project"),
    path(
        "projects/<slug:project>/<str:subject>/<int:pk>/records/<slug:kind>/new/",
        records.record_new,
        name="record-new",
    ),
]
