"""Django's form controls without its templates, the same but for line breaks: there every option of a list is a
template of its own, and a page with a few lists spent more on them than on its rows."""

from html import escape

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

FOLDER = "django/forms/widgets/"


class Renderer(DjangoTemplates):
    """Whatever is not written here goes through its template as ever."""

    def render(self, template_name, context, request=None):
        write = WRITTEN.get(template_name)
        return write(context["widget"]) if write else super().render(template_name, context, request)

    def of_option(self, option):
        return self.render(option["template_name"], {"widget": option})


QUICK = Renderer()


def _attributes(attrs):
    return mark_safe("".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in attrs.items()
        if value is not False
    ))  # fmt: skip


def _text(value):
    text = value if isinstance(value, str) else str(value)
    return text if isinstance(text, SafeString) else SafeString(escape(text))


def _words(label):
    return _text(localize(label))


def _input(widget):
    value = widget["value"]
    said = "" if value is None else format_html(' value="{}"', _text(value))
    return format_html(
        '<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], said, _attributes(widget["attrs"])
    )


def _input_option(widget):
    if not widget.get("wrap_label"):
        return _input(widget)
    key = widget["attrs"].get("id")
    belongs = format_html(' for="{}"', key) if key else ""
    return format_html("<label{}>{} {}</label>", belongs, _input(widget), _words(widget["label"]))


def _options(widget, before, after, opened, closed):
    """The options one by one between `before` and `after`; `opened` (a format) and `closed` stand around a group."""
    parts = []
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(format_html(opened, _words(group)))
        parts += [part for option in options for part in (before, QUICK.of_option(option), after)]
        if group:
            parts.append(closed)
    return mark_safe("".join(parts))


def _select(widget):
    options = _options(widget, "\n  ", "", '\n  <optgroup label="{}">', "\n  </optgroup>")
    return format_html('<select name="{}"{}>{}\n</select>', widget["name"], _attributes(widget["attrs"]), options)


def _select_option(widget):
    value, attrs = _text(widget["value"]), _attributes(widget["attrs"])
    return format_html('<option value="{}"{}>{}</option>', value, attrs, _words(widget["label"]))


def _chips(widget):
    options = _options(widget, "<div>\n    ", "</div>", "\n  <div><label>{}</label>", "\n  </div>")
    marks = {name: widget["attrs"].get(name) for name in ("id", "class")}
    marks = _attributes({name: value for name, value in marks.items() if value})
    return format_html("<div{}>{}\n</div>", marks, options)


def _textarea(widget):
    words = _words(widget["value"]) if widget["value"] else ""
    return format_html('<textarea name="{}"{}>\n{}</textarea>', widget["name"], _attributes(widget["attrs"]), words)


_INPUTS = "text number email url password hidden date datetime time checkbox file tel search color".split()
WRITTEN = {
    **{f"{FOLDER}{name}.html": _input for name in ("input", *_INPUTS)},
    **{f"{FOLDER}{name}.html": _input_option for name in ("input_option", "radio_option", "checkbox_option")},
    **{f"{FOLDER}{name}.html": _chips for name in ("multiple_input", "radio", "checkbox_select")},
    f"{FOLDER}select.html": _select,
    f"{FOLDER}select_option.html": _select_option,
    f"{FOLDER}textarea.html": _textarea,
}
