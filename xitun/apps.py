from django.apps import AppConfig


class XitunConfig(AppConfig):
    name = "xitun"
    verbose_name = "Xitun"

    def ready(self):
        from members.views import audit
        from projects.words import duty_name, kind_name

        from . import checks  # noqa: F401

        audit.NAMES.update(kind=kind_name, duty=duty_name)
