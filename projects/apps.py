from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    """The engine the eight projects share: what is owed, what was done, and the lists that read both."""

    name = "projects"
    verbose_name = _("Projects")

    def ready(self):
        from members import hooks
        from projects import consequences, merging, staying
        from projects.lines import owed_in, owed_in_post
        from projects.links import own_email_page
        from projects.models import PeriodLock
        from projects.own import owed_at

        hooks.account_pages.append(own_email_page)
        hooks.days_corrected.append(consequences.follow_days)
        hooks.enrolments_ended.append(consequences.close_dues_of_enrolments)
        hooks.enrolments_gone_on.append(consequences.carry_on)
        hooks.helper_named.append(consequences.give_dues_to_helper)
        hooks.holidays_entered.append(consequences.follow_calendar)
        hooks.merge_undone.append(merging.give_back)
        hooks.never_left.append(staying.owe_again)
        hooks.office_left.append(consequences.let_go_dues)
        hooks.people_merged.append(merging.move)
        hooks.person_died.append(consequences.open_dues_of_death)
        hooks.posts_left.append(consequences.close_dues_of_posts)
        hooks.role_handed_over.append(consequences.give_dues_on)
        hooks.written_about.append(consequences.records_about)
        hooks.sealed_until.append(PeriodLock.sealed_until)
        hooks.sealed_since.append(PeriodLock.sealed_since)
        hooks.unit_ended.append(consequences.close_dues_of_unit)
        hooks.owed_in.append(owed_in)
        hooks.owed_in_post.append(owed_in_post)
        hooks.owed_at.append((_("Open duties that close"), owed_at))
