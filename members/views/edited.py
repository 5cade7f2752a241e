"""Who has worked on whom since, for pages that would take something back."""

from members.models import Person

from .audit import ACTS


def edit_lines(edits, user):
    """[(Edit, words of the act, whether `user` may open the file)]; a file no longer in sight is named without a
    link."""
    seen = Person.objects.visible_to(user).filter(pk__in=[edit.person.pk for edit in edits])
    seen = set(seen.values_list("pk", flat=True))
    return [(edit, ACTS.get(edit.act, edit.act), edit.person.pk in seen) for edit in edits]
