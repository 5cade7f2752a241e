"""What the acts of this app tell the apps above, in the same transaction. They register in AppConfig.ready(); this app
never imports them."""

from collections.abc import Callable

# called with (enrolment_ids, on=date, by=user, why=str) when enrolments end: projects closes their open dues
enrolments_ended: list[Callable] = []
# called with {pk of an ended enrolment: pk of the one it goes on as in another branch} after a transfer or the end of a
# unit: projects lets what was still needed be owed there
enrolments_gone_on: list[Callable] = []
# called with (row, before=(from_date, to_date), by=user, why=str) when the days of an enrolment or a post held were put
# right: projects closes what it does not owe any more
days_corrected: list[Callable] = []
# called with (user, enrolment_id); answers [(words, day)] of what is owed in an enrolment and closes with it
owed_in: list[Callable] = []
# called with (user, post_holding_id); the same of what is owed in a post and closes when it is left
owed_in_post: list[Callable] = []
# called with (enrolment_id, helper=user or None, by=user) when a helper is named: projects gives them the open dues
helper_named: list[Callable] = []
# called with (year) when its holidays were entered: projects puts open due days of that year right
holidays_entered: list[Callable] = []
# called with (post_holding_ids, on=date, by=user, why=str) when posts are left
posts_left: list[Callable] = []
# called with (ids of the enrolments that ended, on=date, by=user) after a death: projects opens the condolence
person_died: list[Callable] = []
# called with (enrolment_ids, post_ids, why=the reason they had ended with, by=user) when it turns out that somebody
# never left the roll: projects owes again what had closed, and takes the condolence back
never_left: list[Callable] = []
# called with (user_id) when a role of theirs, or their account, has ended: projects lets go what was theirs by name
office_left: list[Callable] = []
# called with (unit_path, from_user_id, to_user_id) when a role is handed over: projects gives the open dues on
role_handed_over: list[Callable] = []
# called with (person_ids, since=datetime); each answers (person_id, user_id, when) of what was written about them since
written_about: list[Callable] = []
# called with (unit_path, on=date, by=user, why=str) when a unit ends: projects closes what is owed there
unit_ended: list[Callable] = []
# (label, count(user, unit_path)): what is owed at a unit and would close with it, as the user may see it
owed_at: list[tuple] = []
# called with (keep_id, other_id, gone_on={enrolment that ended with it: the one it goes on in}, parted={one
# that is part of another stay now: (to_date, decision_reason) before}, by=user) when two files have become one; answers
# [(label, keys or what else JSON can say)], which `merge_undone` is given back
people_merged: list[Callable] = []
# called with (keep_id, other_id, moved={label: what was answered}, since=datetime of the merge, by=user) when the two
# are taken apart again
merge_undone: list[Callable] = []
# called with (unit_path); answers the first day that no sealed quarter there, above or below holds; None without any
sealed_until: list[Callable] = []
# called with (unit_path, since=datetime, day=date); answers the paths of the units there, above or below of which that
# day or later ones were sealed after that moment
sealed_since: list[Callable] = []
# called with (user); each answers {"title", "note", "url"} of a page about the user's own account, or None
account_pages: list[Callable] = []
# members.suggestions.Rule of the rooms, shown after those of this app
suggestion_rules: list = []
