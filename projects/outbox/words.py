"""What went wrong with a message, in words for whoever looks after the channels."""

from django.utils.translation import gettext_lazy as _

from projects.models import Message

ERRORS = {
    Message.NEWER: _("a newer message said it"),
    Message.OFF: _("the channel was switched off"),
    Message.GONE: _("done meanwhile"),
    Message.CLOSED: _("the account is closed"),
    "died": _("the program broke off several times while sending"),
    "timeout": _("no answer in time"),
    "unreachable": _("cannot be reached"),
    "hung_up": _("the server hung up"),
    "password": _("the mail server did not accept user and password"),
    "refused": _("the mail server did not take it: is the address right?"),
    "mail_server": _("the mail server gave an error"),
    "no_mail_server": _("no mail server is set up (XITUN_SMTP, XITUN_MAIL_FROM)"),
    "answer": _("what answered is no WeCom robot"),
    "wecom_93000": _("WeCom does not know this robot: paste its webhook address again"),
    "wecom_45009": _("WeCom: too many messages in a minute"),
}


def error_words(code):
    """Words for the code of an error; "" for none. Of an answer nobody foresaw, its number."""
    if code.startswith("http_"):
        return _("the server answered with error %(n)s") % {"n": code[5:]}
    if code.startswith("wecom_") and code not in ERRORS:
        return _("WeCom refused: error %(n)s") % {"n": code[6:]}
    return ERRORS.get(code, code)
