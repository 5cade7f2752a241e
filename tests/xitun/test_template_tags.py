"""xitun/templatetags/ui.py: dates by language, dues in words, links that keep filters, icons, form controls."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.utils import translation

from xitun.lib.dates import frozen
from xitun.templatetags import ui

TODAY = date(2026, 9, 21)


@pytest.fixture(autouse=True)
def _clock():
    with frozen(TODAY):
        yield


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(
    "language, filter_name, value, words",
    [
        ("zh-hans", "day", date(2026, 9, 30), "2026年9月30日"),
        ("en", "day", date(2026, 9, 30), "30 Sep 2026"),
        ("zh-hans", "short_day", date(2026, 9, 30), "9月30日"),
        ("en", "short_day", date(2026, 9, 3), "3 Sep"),
        ("zh-hans", "short_day", date(2025, 9, 30), "2025年9月30日"),
        ("zh-hans", "month", date(2026, 9, 30), "2026年9月"),
        ("zh-hans", "quarter", "2026Q3", "2026年第三季度"),
        ("en", "quarter", "2026Q3", "Q3 2026"),
        ("en", "quarter", "2026", "2026"),
        ("en", "day", None, ""),
    ],
)
def test_it_writes_dates_as_the_language_does(language, filter_name, value, words):
    with translation.override(language):
        assert getattr(ui, filter_name)(value) == words


def test_it_shows_moments_in_shanghai():
    with translation.override("zh-hans"):
        assert ui.moment(datetime(2026, 3, 31, 16, 30, tzinfo=UTC)) == "2026年4月1日 00:30"


@pytest.mark.parametrize(
    "due_on, words, tone",
    [
        (date(2026, 9, 20), "Overdue by 1 day", "red"),
        (date(2026, 9, 11), "Overdue by 10 days", "red"),
        (date(2026, 9, 21), "Due today", "amber"),
        (date(2026, 9, 22), "Due tomorrow", "amber"),
        (date(2026, 10, 1), "In 10 days", "amber"),
        (date(2026, 10, 2), "In 11 days", ""),
        (date(2026, 12, 31), "31 Dec", ""),
        (None, "", ""),
    ],
)
def test_it_says_how_long_is_left(due_on, words, tone):
    with translation.override("en"):
        assert (ui.due_words(due_on), ui.due_tone(due_on)) == (words, tone)


def test_it_counts_whole_minutes():
    assert [ui.minutes(timedelta(seconds=n)) for n in (5, 119, 900)] == [1, 1, 15]


def test_it_keeps_the_filters_and_drops_the_cursor():
    request = RequestFactory().get("/people/?category=mobile&q=%E5%BC%A0&after=91&page=4")
    source = "{% load ui %}{% autoescape off %}{% query_replace category=category standing='full' %}{% endautoescape %}"
    assert Template(source).render(RequestContext(request, {"category": ""})) == "?q=%E5%BC%A0&standing=full"
    assert Template(source).render(RequestContext(request, {"category": "elderly"})).startswith("?q=")
    assert request.GET["after"] == "91"  # the request itself stays as it came


def test_it_escapes_what_it_puts_into_a_link():
    request = RequestFactory().get("/", {"q": '"><script>'})
    assert "<script>" not in Template("{% load ui %}{% query_replace x=1 %}").render(RequestContext(request))


def test_it_draws_a_missing_icon_as_an_empty_box():
    assert render("{% icon 'no-such-icon' %}") == (
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"></svg>'
    )
    assert 'aria-label="&lt;b&gt;"' in render("{% icon '' label %}", label="<b>")


def test_it_names_a_device_in_words_people_know():
    wechat = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/107 Mobile Safari/537.36 MicroMessenger/8.0"
    assert ui.device(wechat) == "Android · WeChat"
    assert ui.device("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537.36 Edg/120") == "Windows · Edge"
    with translation.override("en"):
        assert ui.device("") == "Unknown device"


def test_it_escapes_what_stands_in_a_card():
    assert "<b>" not in render("{% card title=title %}{{ body }}{% endcard %}", title="<b>", body="<b>")


class VisitForm(forms.Form):
    way = forms.ChoiceField(choices=[("phone", "Phone"), ("visit", "Visit")], widget=forms.RadioSelect)
    happened_on = forms.DateField(initial=date(2026, 9, 21))
    note = forms.CharField(widget=forms.Textarea, help_text="What was said")
    agreed = forms.BooleanField(required=False)


def form_html(form, language="zh-hans"):
    with translation.override(language):
        return Template("{% include 'components/form.html' with submit='Save' %}").render(Context({"form": form}))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_gives_the_browsers_date_picker_an_iso_date(language):
    assert 'type="date" name="happened_on" value="2026-09-21"' in form_html(VisitForm(), language)


def test_it_ties_labels_help_and_errors_to_the_field():
    page = form_html(VisitForm({"happened_on": "2026-09-21"}))
    assert '<label for="id_note">' in page
    assert 'aria-describedby="id_note_helptext id_note_error"' in page
    assert 'id="id_note_helptext"' in page
    assert 'id="id_note_error"' in page
    assert 'aria-invalid="true"' in page
    # The summary above leads to the field: a group of radio buttons has no single input, so its fieldset is the target.
    assert '<a href="#id_note">' in page
    assert '<a href="#id_way">' in page
    assert '<fieldset class="field has-error" id="id_way"' in page


def test_it_makes_choices_chips():
    page = form_html(VisitForm())
    assert '<label class="chip" for="id_way_0"><input type="radio" name="way" value="phone"' in page
    assert '<label class="check" for="id_agreed">' in page


def test_it_sends_files_only_as_multipart():
    class Upload(forms.Form):
        file = forms.FileField()

    assert 'enctype="multipart/form-data"' in form_html(Upload())
    assert "enctype" not in form_html(VisitForm())


def test_it_lists_with_the_comma_of_the_language():
    source = "{{ words|listed }}"
    with translation.override("zh-hans"):
        assert render(source, words=["本人同意", "<b>"]) == "本人同意、&lt;b&gt;"
    with translation.override("en"):
        assert render(source, words=["consent", "notice"]) == "consent, notice"


@pytest.mark.parametrize("required, words", [(True, "Please choose"), (False, "Not said")])
def test_it_says_what_an_empty_choice_means(required, words):
    class Some(forms.Form):
        why = forms.ChoiceField(choices=[("", "---------"), ("a", "A")], required=required)

    with translation.override("en"):
        html = ui.control(Some()["why"])
    assert f'<option value="" selected>{words}</option>' in html
    assert '<option value="a">A</option>' in html
    assert "---" not in html


def test_it_keeps_days_and_phones_whole_and_nothing_else_as_it_is():
    shown = ui.whole("<b>2026-07-03、2026-07-12 199****2349")
    assert shown == (
        '&lt;b&gt;<span class="text-nowrap">2026-07-03、</span><span class="text-nowrap">2026-07-12</span> '
        '<span class="text-nowrap">199****2349</span>'
    )


@pytest.mark.parametrize(
    "language, said",
    [("zh-hans", "甲 3。<b>乙：</b><b>丙</b>，丁 &lt;"), ("en", "甲 3。 <b>乙：</b> <b>丙</b>， 丁 &lt;")],
)
def test_it_leaves_no_gap_between_chinese_sentences(language, said):
    with translation.override(language):
        source = "{% filter sentences %}甲 3。 <b>乙：</b> <b>丙</b>， 丁 {{ sign }}{% endfilter %}"
        assert render(source, sign="<") == said


def test_it_breaks_a_date_after_its_year_only():
    assert ui.by_year("最早 2025年1月1日<") == '最早 2025年<wbr><span class="text-nowrap">1月1日</span>&lt;'
    assert ui.by_year(None) == ""


@pytest.mark.parametrize("value, words", [(1284, "1,284"), (7, "7"), ("87%", "87%"), ("", "")])
def test_it_parts_thousands(value, words):
    assert ui.thousands(value) == words
