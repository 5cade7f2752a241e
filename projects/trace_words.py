"""The codes that traces of the engine's acts name, in words: {key, or ACT.key: function of a code}."""

from django.utils.translation import gettext as _

from . import registry
from .models import Channel, Message, Receipt
from .words import duty_name, kind_name


def label_of(choices):
    return lambda code: dict(choices.choices).get(code, code)


def project_name(code):
    return next((room.name for room in registry.all_rooms() if room.code == code), code)


def form_name(code):
    return next((form.name for room in registry.all_rooms() for form in room.forms if form.code == code), code)


def file_name(code):
    return {"xlsx": "Excel", "docx": "Word", "print": _("on paper")}.get(code, code)


NAMES = {
    "kind": kind_name,
    "duty": duty_name,
    "project": project_name,
    "form": form_name,
    "export_ledger.form": file_name,
    "set_channel.kind": label_of(Channel.Kind),
    "retry_message.kind": label_of(Message.Kind),
    "note_receipts.answer": label_of(Receipt.Answer),
    "undo_receipt.answer": label_of(Receipt.Answer),
}
