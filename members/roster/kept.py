"""The uploaded file itself, kept encrypted in pieces until its roster is written or thrown away."""

import base64
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from members.models import RosterPiece

PIECE = 1 << 20  # bytes: little memory at a time


def keep_file(roster, source):
    """Keep the content of a binary file, or of the file at a path."""
    if not hasattr(source, "read"):
        with open(source, "rb") as file:
            return keep_file(roster, file)
    source.seek(0)
    pieces = iter(lambda: source.read(PIECE), b"")
    for number, piece in enumerate(pieces):
        RosterPiece.objects.create(roster=roster, number=number, content=base64.b64encode(piece).decode())


def kept_file(roster):
    """The file as it was sent. Raises ValidationError when it is not here any more."""
    file = BytesIO()
    for content in roster.pieces.order_by("number").values_list("content", flat=True).iterator(chunk_size=1):
        file.write(base64.b64decode(content))
    if not file.tell():
        raise ValidationError(_("The uploaded file is not kept any more. Upload it again."))
    file.seek(0)
    return file
