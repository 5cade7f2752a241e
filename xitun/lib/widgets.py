"""Django's select boxes and plain inputs without its templates, the same but for line breaks: there every option is a
template of its own, and a page with a few lists spent a third of its time on them (60 ms against 40)."""

from html import escape

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

INPUTS = {
    f"django/forms/widgets/{kind}.html"
    for kind in ("text", "number", "email", "url", "tel", "search", "password", "date", "time", "datetime", "hidden")
}
OPTIONS = {f"django/forms/widgets/{kind}_option.html" for kind in ("checkbox", "radio")}


class Renderer(DjangoTemplates):
    """Whatever else there is goes through its template as ever."""

    def render(self, template_name, context, request=None):
        widget = context.get("widget")
        if template_name == "django/forms/widgets/select.html":
            return _select(widget)
        if template_name in INPUTS or (template_name in OPTIONS and not widget["wrap_label"]):
            return _input(widget)
        return super().render(template_name, context, request)


QUICK = Renderer()


def _select(widget):
    parts = []
    for group, options, _index in widget["optgroups"]:
        drawn = [_option(option) for option in options]
        parts += [format_html('<optgroup label="{}">', _words(group)), *drawn, "</optgroup>"] if group else drawn
    attributes = _attributes(widget["attrs"])
    return format_html('<select name="{}"{}>{}</select>', widget["name"], attributes, mark_safe("".join(parts)))


def _input(widget):
    value = "" if widget["value"] is None else format_html(' value="{}"', _text(widget["value"]))
    attributes = _attributes(widget["attrs"])
    return format_html('<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, attributes)


def _option(option):
    value, attributes = _text(option["value"]), _attributes(option["attrs"])
    return format_html('<option value="{}"{}>{}</option>', value, attributes, _words(option["label"]))


def _attributes(attrs):
    return mark_safe("".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in attrs.items()
        if value is not False
    ))  # fmt: skip


def _words(label):
    return _text(localize(label))


def _text(value):
    text = value if isinstance(value, str) else str(value)
    return text if isinstance(text, SafeString) else SafeString(escape(text))
