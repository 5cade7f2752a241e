"""The API against its own schema: requests made up from it by the thousand meet no server error, and what comes back
is what the schema says."""

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from tests import scene as scenes
from tests.scene import token_of, undone

pytestmark = pytest.mark.django_db
EXAMPLES = 12  # an operation; 17 operations in under a minute


@pytest.fixture(scope="module")
def token(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), scenes.standing() as scene:
        yield token_of(scene.cast.staff)[1]


@pytest.fixture(scope="module")
def document(token):
    response = Client().get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    assert response.status_code == 200
    return response.json()


@pytest.fixture
def api(document):
    schema = schemathesis.openapi.from_dict(document)
    schema.app = WSGIHandler()
    return schema


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_it_keeps_its_schema(case, token):
    with undone():
        response = case.call(headers={"Authorization": f"Bearer {token}", "Host": "localhost"})
    case.validate_response(response, checks=(not_a_server_error, response_schema_conformance, content_type_conformance))


def test_it_covers_every_operation(document):
    """The schema names every route of the API."""
    operations = [(path, method) for path, methods in document["paths"].items() for method in methods]
    assert len(operations) >= 17
    assert {path.split("/")[3] for path, _method in operations} >= {
        "people",
        "enrolments",
        "dues",
        "records",
        "ledgers",
    }


def test_it_is_valid(document):
    from drf_spectacular.validation import validate_schema

    validate_schema(document)
