from django.core.management.base import BaseCommand

from projects.counting import check_counts, fold_counts


class Command(BaseCommand):
    help = "Compare the counts of dues with the dues and put right what differs, as every night. Prints how many did."

    def handle(self, *args, **options):
        self.stdout.write(str(check_counts()))
        fold_counts()
