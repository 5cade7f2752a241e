from django.apps import AppConfig


class XitunConfig(AppConfig):
    name = "xitun"
    verbose_name = "Xitun"

    def ready(self):
        from . import checks  # noqa: F401
