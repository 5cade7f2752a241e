"""The API's routes, gathered from the apps."""

from rest_framework.routers import SimpleRouter

from members.api import EnrolmentViewSet, PersonViewSet, UnitViewSet
from projects.api import DueViewSet, LedgerViewSet
from projects.api_records import PaperViewSet, RecordViewSet

app_name = "api"

router = SimpleRouter()
router.register("units", UnitViewSet, basename="unit")
router.register("people", PersonViewSet, basename="person")
router.register("enrolments", EnrolmentViewSet, basename="enrolment")
router.register("dues", DueViewSet, basename="due")
router.register("records", RecordViewSet, basename="record")
router.register("papers", PaperViewSet, basename="paper")
router.register("ledgers", LedgerViewSet, basename="ledger")

urlpatterns = router.urls
