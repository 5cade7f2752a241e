from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xitun.backup import backup


class Command(BaseCommand):
    help = "Write everything (rows and files) into one encrypted archive. Keep the key file apart from it."

    def add_arguments(self, parser):
        parser.add_argument("file")

    def handle(self, *, file, **options):
        try:
            manifest = backup(file)
        except OSError as error:
            raise CommandError(_("%(file)s cannot be written: %(error)s") % {"file": file, "error": error}) from None
        rows = sum(manifest["counts"].values())
        self.stdout.write(
            _("%(file)s: %(rows)s rows, %(files)s files. It opens only with the key file %(key)s: keep a copy apart.")
            % {"file": file, "rows": rows, "files": manifest["files"], "key": settings.XITUN_KEY_FILE}
        )
        if missing := manifest["missing"]:
            words = ngettext(
                "%(n)s file of a record is not in it, or not whole, as on the disk. Is the folder %(folder)s there?",
                "%(n)s files of records are not in it, or not whole, as on the disk. Is the folder %(folder)s there?",
                missing,
            )
            self.stderr.write(words % {"n": missing, "folder": settings.MEDIA_ROOT})
