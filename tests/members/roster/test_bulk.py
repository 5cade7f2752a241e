"""members.roster.bulk: many rows in a few statements."""

import pytest

from members.models import NameGram
from members.roster.bulk import insert_rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("row", [("张",), ("张", 1, 2)])
def test_it_takes_no_row_of_another_width(row):
    with pytest.raises(ValueError, match="for 2 columns"):
        insert_rows(NameGram, ("gram", "person"), [row])
    assert not NameGram.objects.exists()
