from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from projects.outbox.channels import speak_again


class Command(BaseCommand):
    help = "Switch on again the channels that a restore has switched off: once the copy takes the place of the house."

    def handle(self, *args, **options):
        n = speak_again(by=None)
        self.stdout.write(ngettext("%(n)s channel is in use again.", "%(n)s channels are in use again.", n) % {"n": n})
