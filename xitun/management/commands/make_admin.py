"""The first administrator of an empty installation: from the environment, or by asking."""

import getpass
import os

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from members.actions import create_user, grant_role
from members.models import Role


class Command(BaseCommand):
    help = "Make an administrator of the whole tree, named by XITUN_ADMIN_USER and XITUN_ADMIN_PASSWORD or asked for."

    def add_arguments(self, parser):
        parser.add_argument("--no-input", action="store_true", help="take both from the environment or stop")

    def handle(self, *, no_input, **options):
        name = os.environ.get("XITUN_ADMIN_USER", "")
        password = os.environ.get("XITUN_ADMIN_PASSWORD", "")
        if not (name and password):
            if no_input:
                raise CommandError("Set XITUN_ADMIN_USER and XITUN_ADMIN_PASSWORD to make the first administrator.")
            name, password = self.ask(name)
        try:
            validate_password(password, get_user_model()(username=name))
            make_admin(name, password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"The administrator {name} can sign in now.")

    def ask(self, name):
        self.stdout.write("The first administrator of this installation:")
        try:
            name = name or input("User name: ").strip()
            password = getpass.getpass("Password (10 characters or more): ")
            again = getpass.getpass("The same again: ")
        except (EOFError, KeyboardInterrupt):
            raise CommandError("Nobody answered: set XITUN_ADMIN_USER and XITUN_ADMIN_PASSWORD instead.") from None
        if password != again:
            raise CommandError("The two passwords differ. Start again.")
        return name, password


@transaction.atomic
def make_admin(name, password):
    """Raises ValidationError when the name is taken or not allowed."""
    user = create_user(by=None, username=name, password=password)
    grant_role(by=None, user=user, role=Role.ADMIN)
    return user
