"""What a message says: counts, the receiver's own place and a link. No names, no categories, no numbers of anybody:
a robot speaks to a whole group, and a mail server keeps what it carried."""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext


def reminder_text(tally, unit, language):
    """(subject, body) of what is owed to one receiver."""
    with override(language):
        counts = said(tally)
        return _title(counts), _joined(unit, counts, page("reminders/"))


def digest_text(counts, unit, language):
    """(subject, body) of the state of a town. `counts`: projects.outbox.digest.Counts."""
    with override(language):
        behind, alone, waiting = counts.behind, counts.helperless, counts.waiting
        words = _listed(
            (behind, ngettext("%(n)s village behind", "%(n)s villages behind", behind)),
            (alone, ngettext("%(n)s person without a helper", "%(n)s people without a helper", alone)),
            (waiting, ngettext("%(n)s decision waits", "%(n)s decisions wait", waiting)),
        )
        return _title(words), _joined(unit, words, page(""))


def nudge_text(tally, unit, language, *, due_on=None):
    """(subject, body) of what the town asks of a branch; `due_on`: of the one duty meant."""
    with override(language):
        if due_on:
            what = _("a duty due on %(day)s is still open") % {"day": date_format(due_on)}
        else:
            what = said(tally)
        words = _("The town office asks you to see to this: %(what)s") % {"what": what}
        return _title(_("nudge from the town office")), _joined(unit, words, page("reminders/"))


def channel_text(channel, language):
    """(subject, body) for those whose channel it is: where it goes now."""
    with override(language):
        where = f"{channel.get_kind_display()} {channel.masked}"
        if channel.is_on:
            words = _("an administrator has set that reminders go to %(where)s") % {"where": where}
        else:
            words = _("an administrator has switched the reminders to %(where)s off") % {"where": where}
        return _title(_("change of a channel")), _joined(channel.unit, words, page("reminders/"))


def test_text(unit, language):
    with override(language):
        words = _("This is a test message of Xitun for %(unit)s. Reminders will come this way.") % {"unit": unit}
        return _title(_("test message")), words


def said(tally):
    """ "3 duties within 7 days, 1 overdue"."""
    late, today, week, month = (tally.counts[key] for key in ("overdue", "today", "week", "month"))
    return _listed(
        (late, ngettext("%(n)s duty overdue", "%(n)s duties overdue", late)),
        (today, ngettext("%(n)s duty due today", "%(n)s duties due today", today)),
        (week, ngettext("%(n)s duty within 7 days", "%(n)s duties within 7 days", week)),
        (month, ngettext("%(n)s duty within 30 days", "%(n)s duties within 30 days", month)),
    )


def page(path):
    """Where to look: the address of a page, or words where the house does not know its own address."""
    if settings.XITUN_SITE_URL:
        return f"{settings.XITUN_SITE_URL.rstrip('/')}/{path}"
    return _("Sign in to Xitun to see them.")


def _listed(*parts):
    return pgettext("between numbers", ", ").join(words % {"n": n} for n, words in parts if n)


def _title(words):
    return (_("Xitun: %(words)s") % {"words": words})[:200]


def _joined(unit, words, link):
    return _("%(unit)s: %(words)s.") % {"unit": unit, "words": words} + f"\n{link}"
