"""Small things every template needs: icons, links that keep filters, dates as people read them, tones, form controls.

Tones are the words red, amber, green, blue and "" (plain); templates turn them into classes such as ``tag-red``.
"""

import re
from datetime import date, datetime
from functools import lru_cache

from django import template
from django.contrib.staticfiles import finders
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import widgets
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from members.models import SavedFilter
from members.models.causes import why_said
from members.saved_filters import kept_part
from xitun.lib.widgets import QUICK

register = template.Library()
register.filter("why", why_said)

SOON_DAYS = 10
_AFTER_A_MARK = re.compile(r"(?<=[。！？；：，])((?:</(?:a|b|s|span)>)*)\s+")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Moving to other rows makes a cursor or page number of the old rows meaningless.
CURSORS = ("page", "after", "before")


# icons -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _icon_body(name):
    """What stands inside the file's <svg>. Raises FileNotFoundError, which is not cached: the file may come later."""
    path = finders.find(f"vendor/icons/{name}.svg")
    if not path:
        raise FileNotFoundError(name)
    with open(path, encoding="utf-8") as file:
        svg = file.read()
    return svg[svg.index(">") + 1 : svg.rindex("</svg>")].strip()


@register.simple_tag
def icon(name, label=""):
    """Inline the Bootstrap icon ``name``; ``label`` names it for screen readers when no text stands beside it.

    A missing file leaves an empty box of the same size: a page never fails for want of a picture.
    """
    try:
        body = mark_safe(_icon_body(name))
    except FileNotFoundError:
        body = ""
    if label:
        return format_html('<svg class="icon" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>', label, body)
    return format_html('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>', body)


@register.filter
def inline_svg(document):
    """The <svg> element of a document made by our own QR writer, without its XML declaration. Never for uploads."""
    return mark_safe(document[document.index("<svg") :])


# links -----------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query_replace(context, **changes):
    """``?…`` of this page with some keys replaced; None or "" removes a key; cursors are dropped unless given."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for key in (*CURSORS, *changes):
        query.pop(key, None)
    for key, value in changes.items():
        if value not in (None, ""):
            query[key] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def saved_filters(context):
    """The reader's own kept filters of this list: rows, pills, which of them is shown, whether this one can be kept."""
    request = context["request"]
    rows = list(SavedFilter.objects.of(request.user).filter(page=request.path))
    query = kept_part(request.GET.urlencode())
    current = next((row for row in rows if row.query == query), None)
    pills = [{"label": row.name, "url": row.url, "active": row == current, "count": None} for row in rows]
    return {"rows": rows, "pills": pills, "current": current, "query": query, "may_keep": query and not current}


# dates -----------------------------------------------------------------------------------------------------------


def _is_chinese():
    return (get_language() or "zh").startswith("zh")


def _today():
    from xitun.lib.dates import today

    return today()


def _local(value):
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def day(value):
    """2026年9月30日 / 30 Sep 2026; "" for no date."""
    return date_format(_local(value)) if value else ""


@register.filter
def short_day(value):
    """9月30日 / 30 Sep within this year, the whole date otherwise."""
    if not value:
        return ""
    value = _local(value)
    return month_day(value) if value.year == _today().year else day(value)


@register.filter
def month_day(value):
    """9月30日 / 30 Sep, where the year stands above."""
    return date_format(value, "n月j日" if _is_chinese() else "j M")


@register.filter
def year_words(value):
    """2026年 / 2026."""
    return f"{value.year}年" if _is_chinese() else str(value.year)


def _day_of(text):
    try:
        return parse_date(text)
    except ValueError:  # 30 February
        return text


_YEAR_AND_DAY = re.compile(r"(\d{4}年)(\d{1,2}月\d{1,2}日)")
_WHOLE = re.compile(r"(?:\d{4}-\d\d-\d\d|1\d\d\*{4}\d{4})、?")


@register.filter
def whole(text):
    """A text whose dates and masked phones no line breaks."""
    return mark_safe(_WHOLE.sub(r'<span class="text-nowrap">\g<0></span>', escape(text)))


@register.filter
def by_year(text):
    """A text whose Chinese dates are broken after the year if anywhere: 2025年 | 1月1日."""
    return mark_safe(_YEAR_AND_DAY.sub(r'\1<wbr><span class="text-nowrap">\2</span>', escape(text or "")))


@register.filter
def thousands(value):
    """1,284 for a number; anything else as it is."""
    return f"{value:,}" if isinstance(value, int) else value


@register.filter
def chosen_day(value):
    """今天 9月30日 / Today, 30 Sep for the value of a date field; what was typed as it is."""
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        value = _day_of(value)
    if not isinstance(value, date):
        return value or ""
    return _("Today, %(day)s") % {"day": short_day(value)} if value == _today() else short_day(value)


@register.filter
def weekday_day(value):
    """2月14日 周六 / Sat 14 Feb."""
    if not _is_chinese():
        return date_format(value, "D j M")
    return f"{date_format(value, 'n月j日')} 周{'一二三四五六日'[value.weekday()]}"


@register.filter
def moment(value):
    """2026年9月30日 15:04 / 30 Sep 2026, 15:04, in Shanghai time."""
    return date_format(_local(value), "Y年n月j日 H:i" if _is_chinese() else "j M Y, H:i") if value else ""


@register.filter
def month(value):
    """2026年9月 / Sep 2026."""
    return date_format(value, "Y年n月" if _is_chinese() else "M Y") if value else ""


@register.filter
def quarter(value):
    """2026年第三季度 / Q3 2026 from "2026Q3" (or anything whose str() is that)."""
    year, _sep, number = str(value or "").partition("Q")
    if number not in ("1", "2", "3", "4"):
        return value or ""
    return f"{year}年第{'一二三四'[int(number) - 1]}季度" if _is_chinese() else f"Q{number} {year}"


@register.filter
def minutes(delta):
    """Whole minutes of a timedelta, at least one."""
    return max(1, int(delta.total_seconds() // 60))


# dues ------------------------------------------------------------------------------------------------------------


def _days_left(due_on, day):
    due_on = _local(due_on)
    if isinstance(due_on, datetime):
        due_on = due_on.date()
    return (due_on - (day or _today())).days


@register.filter(is_safe=True)
def sentences(text):
    """Sentences that stand side by side. Chinese parts them by their full-width marks alone: the space after one, which
    an English sentence needs, is left out."""
    return _AFTER_A_MARK.sub(r"\1", str(text)) if _is_chinese() else text


@register.filter
def listed(values):
    """`a, b` in English, `a、b` in Chinese."""
    return _(", ").join(map(str, values))


@register.filter
def due_tone(due_on, day=None):
    """red once overdue, amber within ten days, plain before that; seen from `day` (today)."""
    if not isinstance(due_on, date):
        return ""
    left = _days_left(due_on, day)
    return "red" if left < 0 else "amber" if left <= SOON_DAYS else ""


@register.filter
def due_words(due_on, day=None):
    """ "Overdue by 2 days", "Due today", "Due tomorrow", "In 9 days", then the date itself."""
    if not isinstance(due_on, date):
        return ""
    left = _days_left(due_on, day)
    if left < 0:
        return ngettext("Overdue by %(n)s day", "Overdue by %(n)s days", -left) % {"n": -left}
    if left < 2:
        return _("Due tomorrow") if left else _("Due today")
    if left <= 30:
        return ngettext("In %(n)s day", "In %(n)s days", left) % {"n": left}
    return short_day(due_on)


@register.filter
def initial(name):
    """First character of a name, for its avatar."""
    return str(name or "").strip()[:1] or "·"


# The first mark found names the device: Android says Linux too, and Edge says Chrome and Safari.
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


@register.filter
def device(user_agent):
    """A few words a person recognises ("Android · WeChat", "Windows · Edge") from a browser's user agent."""
    names = [next((name for mark, name in marks if mark in (user_agent or "")), "") for marks in (_SYSTEMS, _BROWSERS)]
    return " · ".join(filter(None, names)) or _("Unknown device")


# blocks ----------------------------------------------------------------------------------------------------------


@register.simple_block_tag(takes_context=True, end_name="endcard")
def card(context, content, **options):
    """``{% card title=… link=… link_label=… %} … {% endcard %}``; see components/card.html."""
    template_ = context.template.engine.get_template("components/card.html")
    return template_.render(context.new({"content": content, **options}))


@register.simple_block_tag(takes_context=True, end_name="endmore")
def more(context, content, label, open=False):
    """``{% more label=_("Details") %} … {% endmore %}``: folded text that opens without script."""
    return format_html(
        '<details class="more"{}><summary>{}</summary>{}</details>', mark_safe(" open") if open else "", label, content
    )


# form controls ---------------------------------------------------------------------------------------------------

# A browser's own date picker wants ISO values whatever the language of the page.
NATIVE = (
    (widgets.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
    (widgets.DateInput, "date", "%Y-%m-%d"),
    (widgets.TimeInput, "time", "%H:%M"),
)


def _make_native(widget):
    for kind, input_type, pattern in NATIVE:
        if isinstance(widget, kind):
            widget.input_type, widget.format = input_type, pattern
            return


def _say_what_empty_means(field):
    """Django's own dashes tell nobody whether something is still to be chosen or may stay open."""
    dashes, words = BLANK_CHOICE_DASH[0][1], _("Please choose") if field.required else _("Not said")
    if getattr(field, "empty_label", None) == dashes:
        field.empty_label = words
    elif isinstance(field.widget, widgets.Select) and not hasattr(field, "queryset"):
        field.widget.choices = [(key, words if label == dashes else label) for key, label in field.widget.choices]


@register.filter
def control(field):
    """Render a bound field's widget in our classes; Django adds aria-describedby and aria-invalid itself."""
    widget = field.field.widget
    _make_native(widget)
    _say_what_empty_means(field.field)
    if widget.attrs.get("placeholder") == str(field.label):
        del widget.attrs["placeholder"]  # says nothing that the label does not, and looks like something typed
    plain = isinstance(widget, widgets.CheckboxInput | widgets.RadioSelect | widgets.CheckboxSelectMultiple)
    css = "" if plain else "form-select" if isinstance(widget, widgets.Select) else "form-control"
    attrs = {"class": " ".join(filter(None, (widget.attrs.get("class"), css, "is-invalid" if field.errors else "")))}
    if isinstance(widget, widgets.Textarea) and widget.attrs.get("rows") in (None, "10"):
        attrs["rows"] = "3"
    field.form.renderer = QUICK
    drawn = field.as_widget(attrs={key: value for key, value in attrs.items() if value})
    return drawn + field.as_hidden(only_initial=True) if field.field.show_hidden_initial else drawn


@register.filter
def control_kind(field):
    """checkbox, chips (radio or several checkboxes), group (several inputs in one field), or control."""
    widget = field.field.widget
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return "chips"
    if isinstance(widget, widgets.CheckboxInput):
        return "checkbox"
    return "group" if field.use_fieldset else "control"
