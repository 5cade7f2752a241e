"""What hangs on the records of the scene: a photo, and a record half written."""

import uuid

from django.http import QueryDict

from projects import registry
from projects.drafts import keep_draft, signed_writer
from projects.papers import Sending, add_papers
from projects.targets import Target
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
    sent.update({"narrative": "还没写完", "writer": signed_writer(author, target, address)})
    setattr(scene, f"draft_{key}", keep_draft(sent=sent, query={}))
