"""System checks of the installation itself (`manage.py check`)."""

import os
import stat

from django.conf import settings
from django.core.checks import Tags, Warning, register
from django.utils.translation import gettext as _


@register(Tags.security)
def key_file_is_private(app_configs, **kwargs):
    """xitun.W001: others may read the key file. xitun.W002: it lies inside the data folder, so backups carry it."""
    path = settings.XITUN_KEY_FILE
    if settings.TESTING or not path.exists():
        return []
    found = []
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        words = _("Others can read the key file %(path)s.") % {"path": path}
        found.append(Warning(words, hint=f"chmod 600 {path}", id="xitun.W001"))
    if path.resolve().is_relative_to(settings.XITUN_DATA):
        words = _("The key file %(path)s lies inside the data folder it protects.") % {"path": path}
        found.append(Warning(words, hint=_("Move it elsewhere and set XITUN_KEY_FILE."), id="xitun.W002"))
    return found
