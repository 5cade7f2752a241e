"""Reading what the API is sent."""

import json

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class BoundedJSONParser(JSONParser):
    """JSON that no one writes by hand is a 400 like any other broken body: nested thousands of levels deep it exhausts
    the interpreter's stack, and half a surrogate pair cannot be stored, nor even repeated in an error."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError(_("This JSON is nested too deeply.")) from None
        except UnicodeEncodeError:
            raise ParseError(_("This JSON holds half a character (a lone surrogate).")) from None
        return data
