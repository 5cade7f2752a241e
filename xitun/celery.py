"""The Celery application, shared by web (sends), worker (runs) and beat (ticks); configured by CELERY_* in settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xitun.settings")

app = Celery("xitun")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
