from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from xitun.key_rotation import add_key, drop_old_keys, re_encrypt
from xitun.lib.crypto import KeyLost
from xitun.lib.keyfile import KeyFileError


class Command(BaseCommand):
    help = (
        "Encrypt everything with a new key. Stop the processes first. Interrupted, run it again: it goes on. "
        "The old key stays in the key file until --drop-old."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--drop-old", action="store_true", help="afterwards, with all processes on the new key: forget the old one"
        )

    def handle(self, *, drop_old, **options):
        path = settings.XITUN_KEY_FILE
        try:
            if not drop_old:
                self._say_added(path, add_key(path))
            self._say_written(re_encrypt(path))
            if drop_old:
                self._say_dropped(path, drop_old_keys(path))
        except (KeyFileError, KeyLost) as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(
                _("The key file %(file)s cannot be written: %(error)s") % {"file": path, "error": error.strerror}
            ) from None

    def _say_added(self, path, added):
        if added:
            words = _("A new key stands first in %(file)s. Make a copy of the file now, apart from the backups.")
        else:
            words = _("The rotation begun earlier goes on: %(file)s already holds a new key.")
        self.stdout.write(words % {"file": path})

    def _say_written(self, count):
        self.stdout.write(_("%(n)s values encrypted anew.") % {"n": count})

    def _say_dropped(self, path, dropped):
        if not dropped:
            self.stdout.write(_("There is no old key to forget in %(file)s.") % {"file": path})
            return
        self.stdout.write(
            _("The old key is forgotten. Backups made before today open only with your earlier copy of %(file)s.")
            % {"file": path}
        )
