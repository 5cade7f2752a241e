"""WSGI entry for waitress (`manage.py serve`) and for gunicorn on larger sites."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xitun.settings")

application = get_wsgi_application()
