"""Photos as telephones send them, made small and bare: turned upright, shrunk, and written anew, so that nothing but
the picture is left of the file (no position, no camera, no second file hidden behind it)."""

import io

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from xitun.lib.refused import FileRefused

PIXELS = 52_000_000  # a telephone's 50-megapixel photo; unpacked that is 200 MB of memory at most
LONG_SIDE, SMALLER_SIDE = 1600, 1200  # pixels; the smaller one when the larger does not fit in BYTES
BYTES = 400 * 1024
QUALITIES = (85, 75, 65, 55)
THUMB_SIDE = 240
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")

register_heif_opener(thumbnails=False)


def redrawn(data):
    """(JPEG, small JPEG) of a photo, as bytes. Raises FileRefused when it cannot be drawn or would burst memory."""
    try:
        picture = _opened(data)
        return _packed(picture), _jpeg(_fitted(picture, THUMB_SIDE), 70)
    except FileRefused:
        raise
    except Image.DecompressionBombError:
        raise FileRefused("picture_large", limit=PIXELS // 1_000_000) from None
    except Exception:  # each decoder has errors of its own
        raise FileRefused("picture_broken") from None


def _opened(data):
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        if picture.width * picture.height > PIXELS:
            raise FileRefused("picture_large", limit=PIXELS // 1_000_000)
        picture.draft("RGB", (2 * LONG_SIDE, 2 * LONG_SIDE))  # a JPEG is then unpacked at a fraction of its size
        if picture.mode in ("P", "PA", "1"):
            picture = picture.convert("RGBA")
        picture.thumbnail((LONG_SIDE, LONG_SIDE))
        return _on_white(ImageOps.exif_transpose(picture))


def _on_white(picture):
    if "A" not in picture.getbands():
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    sheet = Image.new("RGB", layer.size, "white")
    sheet.paste(layer, mask=layer.getchannel("A"))
    return sheet


def _packed(picture):
    for side in (LONG_SIDE, SMALLER_SIDE):
        fitted = _fitted(picture, side)
        for quality in QUALITIES:
            if len(found := _jpeg(fitted, quality)) <= BYTES:
                return found
    return found


def _fitted(picture, side):
    copy = picture.copy()
    copy.thumbnail((side, side))
    return copy


def _jpeg(picture, quality):
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)  # a new sheet: what the old one carried besides its pixels stays behind
    target = io.BytesIO()
    bare.save(target, "JPEG", quality=quality, optimize=True)
    return target.getvalue()
