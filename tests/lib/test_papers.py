"""What an uploaded paper is, and what becomes of a photo."""

import io
import zipfile
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.lib.photos import bomb, located, office, photo
from xitun.lib import papers
from xitun.lib.papers import kind_of, prepare
from xitun.lib.pictures import BYTES, LONG_SIDE, THUMB_SIDE, redrawn
from xitun.lib.refused import FileRefused


def sent(content, name="a.jpg"):
    return SimpleUploadedFile(name, content)


def opened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (photo(), "photo"),
        (photo(kind="PNG", mode="RGBA"), "photo"),
        (photo(kind="WEBP"), "photo"),
        (photo(kind="HEIF"), "photo"),
        (b"%PDF-1.7 /JS (app.alert(1))", "pdf"),
        (office(), "docx"),
        (office("xl/workbook.xml"), "xlsx"),
    ],
)
def test_it_tells_a_paper_by_its_content(content, kind):
    assert kind_of(content) == kind
    assert prepare(sent(content, "x.html")).name == "x" + papers.SUFFIXES[kind]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "paper_empty", id="empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "paper_unknown"),
        (b"<html><script>alert(1)</script>", "paper_unknown"),
        (b"\x00" * 4000, "paper_unknown"),
        (b"MZ\x90\x00", "paper_unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "paper_old_office"),
        (b"PK\x03\x04 cut off", "paper_broken"),
        (office("ppt/presentation.xml"), "paper_unknown"),
        (office(types="application/vnd.ms-word.document.macroEnabled.main+xml"), "paper_macro"),
        (office(**{"word__vbaProject.bin": "x"}), "paper_macro"),
        (office(**{"xl__workbook.xml": "<w/>"}), "paper_unknown"),
        (photo(800, 600)[:700], "picture_broken"),
        (b"\xff\xd8\xff" + b"<html>" * 99, "picture_broken"),
        pytest.param(bomb(), "picture_large", id="bomb"),
    ],
)
def test_it_refuses_what_is_not_a_paper_in_words(content, code):
    with pytest.raises(FileRefused) as refused:
        prepare(sent(content))
    assert refused.value.code == code
    assert str(refused.value)


def test_it_reads_no_file_that_is_too_large():
    file = SimpleNamespace(size=50 << 20, read=lambda: pytest.fail("it was read"))
    with pytest.raises(FileRefused, match="15"):
        prepare(file)


def test_it_leaves_nothing_of_a_photo_but_the_picture():
    before = located()
    assert b"Handy" in before
    content, small = redrawn(before)
    for data in (content, small):
        picture = opened(data)
        assert picture.size == (48, 64)  # turned upright
        assert picture.getpixel((24, 5))[1] < 90 < picture.getpixel((24, 60))[1]  # red at the top
        assert not picture.getexif()
        assert not {"exif", "icc_profile", "comment"} & set(picture.info)
        assert b"Handy" not in data


def test_it_cuts_off_a_second_file_behind_the_picture():
    content, _small = redrawn(photo() + b"PK\x03\x04<script>alert(1)</script>")
    assert b"script" not in content


def test_it_makes_a_large_photo_small():
    noise = Image.effect_noise((3000, 2000), 90).convert("RGB")
    target = io.BytesIO()
    noise.save(target, "JPEG", quality=95)
    content, small = redrawn(target.getvalue())
    assert max(opened(content).size) <= LONG_SIDE
    assert len(content) < len(target.getvalue()) / 4
    assert max(opened(small).size) == THUMB_SIDE
    assert len(redrawn(photo(3000, 2000))[0]) <= BYTES


def test_it_puts_what_is_transparent_on_white():
    content, _small = redrawn(photo(kind="PNG", mode="RGBA"))
    assert opened(content).getpixel((60, 20)) == (255, 255, 255)


def test_it_keeps_of_a_name_what_may_be_shown():
    assert papers.shown_name("../../etc/张建国\u202e的证明.PDF", "pdf") == "张建国的证明.pdf"
    assert papers.shown_name("", "photo") == "photo.jpg"
    assert len(papers.shown_name("长" * 300 + ".jpg", "photo")) == papers.NAME_LENGTH + 4


def test_a_document_that_was_damaged_on_the_way_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # stored as it is, so that one byte is another without more ado
        archive.writestr("[Content_Types].xml", "<Types>AAAA</Types>")
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(FileRefused) as refused:
        kind_of(buffer.getvalue().replace(b"AAAA", b"AAAB"))
    assert refused.value.code == "paper_broken"


def test_a_macro_is_found_under_another_name_and_encoding():
    types = '<Types><Override ContentType="application/vnd.ms-office.vbaProject" PartName="/word/m.bin"/></Types>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", types.encode("utf-16"))
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(FileRefused) as refused:
        kind_of(buffer.getvalue())
    assert refused.value.code == "paper_macro"
