"""A file encrypted piece by piece with flat memory: one Fernet token a line, numbered, the last one marked, so that a
cut, reordered or foreign file is refused."""

import io

from django.utils.translation import gettext as _

from .crypto import KeyLost, decrypt_bytes, encrypt_bytes

MAGIC = b"xitun-sealed-1\n"
PIECE = 1024 * 1024
LAST, MORE = b"L", b"M"


class Broken(Exception):
    """The file is not ours, is incomplete, or was changed."""


class SealedWriter(io.RawIOBase):
    """Write plain bytes in, encrypted lines come out in `target` (a binary file). Close to finish the file."""

    def __init__(self, target):
        self.target, self.buffer, self.number = target, bytearray(), 0
        target.write(MAGIC)

    def writable(self):
        return True

    def write(self, data):
        self.buffer += data
        while len(self.buffer) >= PIECE:
            self._put(MORE, bytes(self.buffer[:PIECE]))
            del self.buffer[:PIECE]
        return len(data)

    def close(self):
        if not self.closed:
            self._put(LAST, bytes(self.buffer))
        super().close()

    def _put(self, mark, piece):
        self.target.write(encrypt_bytes(mark + self.number.to_bytes(8, "big") + piece) + b"\n")
        self.number += 1


class SealedReader(io.RawIOBase):
    """Read the plain bytes of a sealed `source` (a binary file). Raises Broken, or KeyLost when no key opens it."""

    def __init__(self, source):
        self.source, self.left, self.number, self.ended = source, b"", 0, False
        if source.readline(len(MAGIC)) != MAGIC:
            raise Broken(_("This is not a backup of this system."))

    def readable(self):
        return True

    def readinto(self, target):
        while not self.left and not self.ended:
            self.left = self._next()
        count = min(len(target), len(self.left))
        target[:count], self.left = self.left[:count], self.left[count:]
        return count

    def _next(self):
        line = self.source.readline(2 * PIECE)
        if not line.endswith(b"\n"):
            raise Broken(_("The backup is incomplete: its end is missing. Use another copy."))
        try:
            plain = decrypt_bytes(line[:-1])
        except KeyLost:
            if self.number == 0:
                raise
            raise Broken(_("The backup is damaged. Use another copy.")) from None
        if plain[1:9] != self.number.to_bytes(8, "big"):
            raise Broken(_("The backup is damaged. Use another copy."))
        self.number += 1
        self.ended = plain[:1] == LAST
        return plain[9:]
