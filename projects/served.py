"""A paper as an answer: nothing in it runs in the browser of who opens it, and nothing of it is kept there."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from .models import Paper

TYPES = {
    "photo": "image/jpeg",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BOXED = "default-src 'none'; sandbox"  # whatever is in it: nothing of it runs, nothing of it calls out


def served(row, content):
    attached = row.kind != Paper.Kind.PHOTO
    return HttpResponse(
        content,
        content_type=TYPES[row.kind],
        headers={
            "Content-Disposition": content_disposition_header(attached, row.name),
            "Content-Security-Policy": BOXED,
            "Cache-Control": "no-store, private",
            "X-Content-Type-Options": "nosniff",
        },
    )
