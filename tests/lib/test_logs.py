"""No log holds a code by which somebody could sign in, or answer for a host organisation."""

import logging
import re
from pathlib import Path

import pytest
from django.conf import settings

from xitun.lib.logs import NoTokens

SLIP, LINK = "ABCD-EFGH-JKLM-NPQR", "x" * 32


def said(words, *args):
    record = logging.LogRecord("django.security.csrf", logging.WARNING, "", 0, words, args, None)
    NoTokens().filter(record)
    return record.getMessage()


@pytest.mark.parametrize("code", [SLIP, SLIP.replace("-", ""), SLIP.replace("-", " "), SLIP.lower()])
def test_it_hides_the_code_of_a_slip(code):
    """Django names what it refuses: a form without its token, from a browser that keeps no cookies."""
    assert said("Forbidden (%s): %s", "CSRF cookie not set.", f"/s/{code}/") == (
        "Forbidden (CSRF cookie not set.): /s/…/"
    )


def test_it_hides_the_token_of_a_link_and_nothing_else():
    assert said("Not Found: %s", f"/confirm/{LINK}/") == "Not Found: /confirm/…/"
    for address in ("/people/17/", "/confirm/thanks/", "/s/"):
        assert said("Not Found: %s", address) == f"Not Found: {address}"


@pytest.mark.parametrize("address", [f"/s/{SLIP}/", f"/confirm/{LINK}/"])
def test_the_proxy_writes_neither_down(address):
    """Not what was asked for, and not the page on which the browser was told to fetch something."""
    conf = (Path(settings.BASE_DIR) / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    (hidden,) = [re.compile(pattern) for pattern in re.findall(r'"~([^"]+)" 0;', conf)]
    assert 'map "$request_uri $http_referer" $is_logged' in conf
    assert hidden.search(f"{address} -")
    assert hidden.search(f"/static/xitun/theme.css https://party.example.org{address}")
    assert not hidden.search("/people/?q=%2Fs%2F https://party.example.org/people/")
    assert conf.count("access_log ") == conf.count("if=$is_logged;") == 2
