"""The API against its own schema: what is made up from it meets no server error, and what comes back is as it says."""

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests import scene as scenes
from tests.engines import ours
from tests.scene import token_of, undone

pytestmark = pytest.mark.django_db
EXAMPLES = 15  # an operation
CHECKS = (not_a_server_error, response_schema_conformance, content_type_conformance)
DOCUMENT = SchemaGenerator().get_schema(public=True)
API = schemathesis.openapi.from_dict(DOCUMENT)
API.app = WSGIHandler()
OPERATIONS = {operation.ok().label: operation.ok() for operation in API.get_all_operations()}


@pytest.fixture(autouse=True)
def _open_connection():
    """What Django's own test client does: a request here must not close the connection that holds the test's rows."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture(scope="module")
def token(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), scenes.standing() as scene:
        yield token_of(scene.cast.staff)[1]


@pytest.mark.parametrize("label", ours(sorted(OPERATIONS)))
def test_it_keeps_its_schema(label, token):
    headers = {"Authorization": f"Bearer {token}", "Host": "localhost"}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy())
    def ask(case):
        with undone():
            response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    ask()


def test_it_covers_every_operation():
    """The schema names every route of the API."""
    assert len(OPERATIONS) >= 17
    assert {label.split("/")[3] for label in OPERATIONS} >= {"people", "enrolments", "dues", "records", "ledgers"}


def test_it_is_served_and_valid(db):
    response = Client().get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    assert response.status_code == 200
    validate_schema(response.json())
