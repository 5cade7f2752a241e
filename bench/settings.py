"""The product's settings, a day that stands still, and Django's own admin as the rival of the list page."""

from xitun.settings import *  # noqa: F403
from xitun.settings import INSTALLED_APPS, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin", "bench"]
ROOT_URLCONF = "bench.urls"
ALLOWED_HOSTS = ["testserver"]
# No manifest: nothing was collected for this run.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
XITUN_TODAY = "2026-09-21"
# Tables straight from the models: seventy migrations of an empty database would take longer than most cases.
MIGRATION_MODULES = {app.rpartition(".")[2]: None for app in INSTALLED_APPS} | {
    f"projects_{app.rpartition('.')[2]}": None for app in INSTALLED_APPS if app.startswith("projects.")
}
