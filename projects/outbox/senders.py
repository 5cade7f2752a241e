"""How a message leaves: through apprise, to two kinds of channel and no other. Addresses are put together here from
fields, never taken from a form as a whole: nothing typed chooses a host."""

import smtplib
import sys
from json import dumps
from urllib.parse import quote, unquote, urlsplit

import requests
from apprise.plugins.email import NotifyEmail
from apprise.plugins.wecombot import NotifyWeComBot
from django.conf import settings

from projects.models import Channel

MODES = {"smtps": "ssl", "smtp": "starttls", "smtp+plain": "insecure"}
ERRORS = (  # the first that fits; the word is what the house keeps of an error
    ((requests.Timeout, TimeoutError), "timeout"),
    ((smtplib.SMTPAuthenticationError,), "password"),
    ((smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError), "refused"),
    ((smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError), "hung_up"),
    ((smtplib.SMTPException,), "mail_server"),
    ((requests.RequestException, OSError), "unreachable"),
)


class NotSent(Exception):
    """It did not go out, or nobody can say that it did. The argument is a word, without anything of the message."""


def send(channel, subject, body):
    """Give one message to the server of a channel; NotSent when it did not take it."""
    SENDERS[channel.kind](channel.address, subject, body)


def mail_is_set_up():
    return bool(settings.XITUN_SMTP and settings.XITUN_MAIL_FROM)


def _email(address, subject, body):
    server = urlsplit(settings.XITUN_SMTP)
    if not mail_is_set_up() or server.scheme not in MODES or not server.hostname:
        raise NotSent("no_mail_server")
    heard = Listener()
    note = NotifyEmail(
        host=server.hostname, smtp_host=server.hostname, port=server.port, secure_mode=MODES[server.scheme],
        user=unquote(server.username or "") or None, password=unquote(server.password or "") or None,
        from_addr=settings.XITUN_MAIL_FROM, targets=[address], format="text", cto=settings.XITUN_SEND_SECONDS,
    )  # fmt: skip
    note.logger = heard
    if not note.send(body=body, title=subject):
        raise NotSent(heard.word)


def _wecom(key, subject, body):
    try:
        Robot(key=key, cto=settings.XITUN_SEND_SECONDS, rto=settings.XITUN_SEND_SECONDS).send(body=body)
    except requests.RequestException as error:
        raise NotSent(_word(error)) from None


class Robot(NotifyWeComBot):
    """apprise takes every 200 for a success, but that is how WeCom refuses too: a wrong key is "errcode": 93000."""

    def send(self, body, title="", **_more):
        answer = requests.post(
            f"{settings.XITUN_WECOM_URL}?key={quote(self.key, safe='')}",
            data=dumps({"msgtype": "text", "text": {"content": body}}).encode(),
            headers={"Content-Type": "application/json; charset=utf-8"},
            timeout=self.request_timeout,
            allow_redirects=False,
        )
        if answer.status_code != requests.codes.ok:
            raise NotSent(f"http_{answer.status_code}")
        try:
            code = answer.json()["errcode"]
        except (ValueError, TypeError, KeyError):
            raise NotSent("answer") from None
        if code:
            raise NotSent(f"wecom_{code}"[:30])


class Listener:
    """Stands for apprise's log, which would keep addresses: hears only which kind of error it was."""

    word = "refused"  # what apprise says without an error of its own is that the server did not take it

    def hear(self, *_words, **_more):
        if error := sys.exc_info()[1]:
            self.word = _word(error)

    debug = info = warning = error = hear


def _word(error):
    if isinstance(error.__context__, TimeoutError):  # smtplib calls that a server that hung up
        return "timeout"
    return next((word for kinds, word in ERRORS if isinstance(error, kinds)), "mail_server")


SENDERS = {Channel.Kind.EMAIL: _email, Channel.Kind.WECOM: _wecom}
