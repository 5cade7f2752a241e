"""What no log may hold: the token or code of an address that lets in whoever knows it."""

import logging
import re

# A code may be typed with spaces; to hide too much does no harm.
_TOKEN = re.compile(r"(/confirm/)[^/\s?]{20,}|(/s/)[^/?\n]+")


class NoTokens(logging.Filter):
    """Django names the address of every request that it refuses."""

    def filter(self, record):
        said = record.getMessage()
        shown = _TOKEN.sub(r"\1\2…", said)
        if shown != said:
            record.msg, record.args = shown, None
        return True
