"""Chinese is complete: every text marked in code and templates has its translation, none is guessed, and the
placeholders in it are the same."""

import re
from pathlib import Path

import polib
import pytest

from tests.messages import extract, missing_tools

PO = Path(__file__).resolve().parent.parent / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
HAN = re.compile(r"[\u3400-\u9fff]")
# Without a word in it, or the same in both languages.
SAME = re.compile(
    r"^[\W\d_]*$|^(CSV|Excel|Word|QR|API|WeChat|QQ|[A-Z]{2,5}|%\(\w+\)[sd]|[\s·:：—–()（）,，/+.。]|\d)+$"
)

pytestmark = pytest.mark.skipif(
    bool(missing_tools()), reason=f"gettext is not installed here ({', '.join(missing_tools())} missing); CI has it"
)


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """The entries of the source, by (context, text)."""
    return {_key(entry): entry for entry in extract(tmp_path_factory.mktemp("sources")) if not entry.obsolete}


@pytest.fixture(scope="module")
def written():
    return {_key(entry): entry for entry in polib.pofile(str(PO), encoding="utf-8") if not entry.obsolete}


def _key(entry):
    return entry.msgctxt, entry.msgid


def _said(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_it_finds_the_texts_of_code_and_templates(marked):
    files = {Path(name).suffix for entry in marked.values() for name, _line in entry.occurrences}
    assert {".py", ".html"} <= files
    assert len(marked) > 1000


def test_it_has_every_text(marked, written):
    missing = sorted(key[1] for key in marked if key not in written or not all(_said(written[key])))
    assert not missing, "locale/zh_Hans lacks: " + "; ".join(repr(text) for text in missing)


def test_it_has_no_text_that_nobody_says(marked, written):
    left = sorted(key[1] for key in written if key not in marked)
    assert not left, "locale/zh_Hans holds texts that are gone from the source: " + "; ".join(map(repr, left))


def test_it_has_no_guess(written):
    assert not [entry.msgid for entry in written.values() if entry.fuzzy]


def test_it_keeps_every_placeholder(written):
    """A plural may leave its number out of no form; Chinese has one form."""
    wrong = []
    for entry in written.values():
        wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)) - {"%%"}
        wrong += [(entry.msgid, text) for text in _said(entry) if set(PLACEHOLDER.findall(text)) - {"%%"} != wanted]
    assert not wrong


def test_it_is_chinese(written):
    """An English text copied over is no translation."""
    same = [e.msgid for e in written.values() if not all(HAN.search(t) or SAME.match(t) for t in _said(e))]
    assert not same, f"not translated: {same}"


def test_it_uses_full_width_marks(written):
    """In Chinese sentences commas, colons, brackets and full stops are full-width."""
    half = [
        (entry.msgid, text)
        for entry in written.values()
        for text in _said(entry)
        if re.search(r"[\u3400-\u9fff][,;:?!]|[\u3400-\u9fff]\.(\s|$)|[\u3400-\u9fff]\(", text)
    ]
    assert not half


def test_it_says_the_neutral_words_of_the_two_restricted_categories(written):
    """DOMAIN §2 and §5: on screens 帮扶对象 and 帮教对象, never what the source calls them."""
    said = [text for entry in written.values() for text in _said(entry)]
    assert not [text for text in said if re.search("贫弱|后进", text)]


def test_it_joins_words_by_no_english_mark():
    """Between two values of a page stands a translated mark, or one that both languages share: 甲：乙, not 甲: 乙."""
    joined = []
    for page in sorted(Path("templates").rglob("*.html")):
        own = re.sub(
            r"{% blocktranslate\b.*?endblocktranslate %}|{#.*?#}|<script.*?</script>",
            "¤",
            page.read_text("utf-8"),
            flags=re.S,
        )
        joined += [(str(page), found) for found in re.findall(r"(?:[%}]}|¤|</\w+>|\">)[,:] (?:{[{%]|¤|<).{0,20}", own)]
    assert not joined
