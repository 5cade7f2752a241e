import pytest
from django.utils.translation import override


@pytest.fixture(autouse=True)
def in_english():
    """Messages are looked at in the language of their source."""
    with override("en"):
        yield
