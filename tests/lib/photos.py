"""Photos and papers as people send them, and as nobody should; made here, small."""

import io
import struct
import zipfile
import zlib

from PIL import Image

POSITION = b"\x00\x00\x00\x23"  # 35 degrees north, as it stands in the tags


def photo(width=64, height=48, *, kind="JPEG", mode="RGB", exif=None, **more):
    """Bytes of a picture whose left half is red; `exif` {tag: value}."""
    picture = Image.new(mode, (width, height), "white" if mode != "RGBA" else (0, 0, 0, 0))
    picture.paste("red", (0, 0, width // 2, height))
    tags = Image.Exif()
    for tag, value in (exif or {}).items():
        tags[tag] = value
    target = io.BytesIO()
    picture.save(target, kind, exif=tags, **more)
    return target.getvalue()


def located():
    """A photo that lies on its side and says where it was taken, and with what."""
    tags = Image.Exif()
    tags[0x0112], tags[0x010F], tags[0x9286] = 6, "Handy", "某某家门口"
    tags.get_ifd(0x8825).update({1: "N", 2: (35.0, 30.0, 7.0), 3: "E", 4: (107.0, 38.0, 9.0)})
    picture, target = Image.new("RGB", (64, 48), "white"), io.BytesIO()
    picture.paste("red", (0, 0, 32, 48))
    picture.save(target, "JPEG", exif=tags, comment="某某", icc_profile=b"profile of a telephone")
    return target.getvalue()


def bomb():
    """A PNG of a few bytes that says it is 30,000 × 30,000."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def office(main="word/document.xml", types="application/vnd.openxmlformats", **more):
    """An Office package; `more` {part with __ for /: content}."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", f"<Types>{types}</Types>")
        package.writestr(main, "<document/>")
        for name, content in more.items():
            package.writestr(name.replace("__", "/"), content)
    return target.getvalue()
