from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from xitun.backup import RestoreRefused, restore
from xitun.lib.crypto import KeyLost
from xitun.lib.sealed_stream import Broken


class Command(BaseCommand):
    help = "Bring a backup back into an empty installation (same key file). All or nothing."

    def add_arguments(self, parser):
        parser.add_argument("file")

    def handle(self, *, file, **options):
        try:
            manifest = restore(file)
        except (OSError, KeyLost, Broken, RestoreRefused) as error:
            raise CommandError(str(error)) from None
        rows = sum(manifest["counts"].values())
        self.stdout.write(_("%(rows)s rows and %(files)s files restored.") % {"rows": rows, "files": manifest["files"]})
        channels, messages = manifest["silenced"]
        if channels or messages:
            words = _(
                "Nothing goes out of this copy. Channels switched off: %(channels)s; waiting messages cancelled: "
                "%(messages)s. Once it takes the place of the house: manage switch_on_channels"
            )
            self.stdout.write(words % {"channels": channels, "messages": messages})
