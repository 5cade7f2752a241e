"""CSV and TSV as offices save them: which encoding, which delimiter, which cells."""

import codecs
import csv
import io
import re
from collections import Counter

from xitun.lib.refused import FileRefused

DELIMITERS = ",\t;|"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")


def decode(data):
    """The text of bytes in UTF-8, UTF-16 or GB18030 (so GBK, GB2312); FileRefused when they are none of these."""
    for encoding in _likely_encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROLS.search(text):
            raise FileRefused("not_a_spreadsheet")
        return text
    raise FileRefused("encoding")


def sniff_delimiter(text):
    """The delimiter that cuts most of the first lines into equally many cells, or None when none cuts them."""
    head = text[:64_000].splitlines()[:60]
    if len(text) > 64_000 and len(head) > 1:
        head.pop()  # cut off in its middle, perhaps
    scores = {delimiter: _score(head, delimiter) for delimiter in DELIMITERS}
    best = max(scores, key=scores.get)
    return best if scores[best] > 0 else None


def read_rows(text, delimiter):
    """(row number from 1, cells) for every row with content; empty cells are None, all others text."""
    rows = enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or ",", strict=True), start=1)
    number = 0
    try:
        for number, cells in rows:
            if any(cells):
                yield number, [cell or None for cell in cells]
    except csv.Error:
        raise FileRefused("broken_csv", row=number + 1) from None


def _likely_encodings(data):
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return (encoding,)
    nulls = Counter(place % 2 for place, byte in enumerate(data[:4096]) if byte == 0)
    if nulls:  # plain text has none; UTF-16 without a mark has one beside every digit and comma
        return ("utf-16-le",) if nulls[1] >= nulls[0] else ("utf-16-be",)
    return "utf-8", "gb18030"


def _score(lines, delimiter):
    try:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0
    return max((count * (width - 1) for width, count in widths.items()), default=0)
