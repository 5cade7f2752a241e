from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    """Who exists, in which category, who may see, who did what."""

    name = "members"
    verbose_name = _("Members")

    def ready(self):
        from members.models import Holiday
        from xitun.lib import workdays

        workdays.register_provider(Holiday.table)
