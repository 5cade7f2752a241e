"""What hangs on the records of the scene (a photo, a record half written), and what comes from outside: links that
host organisations answer, an old ledger not yet written."""

import uuid
from io import BytesIO

from django.http import QueryDict

from projects import registry
from projects.drafts import keep_draft, signed_writer
from projects.joint.host_links import answer_host_link, make_host_link
from projects.old_ledgers.acts import keep_old_ledger
from projects.papers import Sending, add_papers
from projects.targets import Target
from tests.conftest import TODAY
from tests.lib.photos import photo
from xitun.lib.papers import Prepared
from xitun.lib.pictures import redrawn


def with_photo(record, by):
    sending = Sending(uuid.uuid4(), (Prepared("证明.jpg", "photo", *redrawn(photo())),))
    return add_papers(by=by, record=record, sending=sending)[0]


def half_written(scene, key, unit, by):
    enrolment = scene.enrolments[key, "mobile"]
    author = scene.cast.secretary if key == "own" else by
    target = Target(*registry.kinds()["joint.follow_up"], unit, enrolment)
    address = f"/projects/joint/enrolments/{enrolment.pk}/records/follow-up/new/"
    sent = QueryDict(mutable=True)
    written = {"narrative": "还没写完", "happened_on": TODAY.isoformat(), "method": "phone", "reached": "on"}
    sent.update(written | {"writer": signed_writer(author, target, address)})
    setattr(scene, f"draft_{key}", keep_draft(sent=sent, query={}))


def from_outside(scene, places):
    _host_links(scene, places)
    source = BytesIO("姓名,流出地\n某某,外县".encode())
    scene.old_ledger, _judged = keep_old_ledger(
        by=scene.cast.staff, project=registry.project("joint"), unit=scene.town.huaishuwan, source=source, on=TODAY
    )


def _host_links(scene, places):
    """An answered link and an open one for the mobile member of every branch."""
    for key, _unit, by in places:
        enrolment = scene.enrolments[key, "mobile"]
        answered, _token = make_host_link(by=by, enrolment=enrolment)
        answer_host_link(
            link=answered, answer="no", contact_name="某干事", contact_phone="01062345678", feedback="未报到"
        )
        link, token = make_host_link(by=by, enrolment=enrolment)
        if key == "own":
            scene.host_link, scene.host_token = link, token
