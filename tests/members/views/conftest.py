"""What the pages of this app are tested with."""

from datetime import date

import pytest

from members import actions as members_acts
from members.models import Role


@pytest.fixture
def root(db):
    user = members_acts.create_user(by=None, username="root", password="correct horse")
    members_acts.grant_role(by=None, user=user, role=Role.ADMIN, from_date=date(2020, 1, 1))
    return user
