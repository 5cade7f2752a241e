"""The settings page of a house that has no unit yet."""

from members import actions
from members.models import Role


def test_it_leads_to_the_units_of_a_house_just_set_up(as_user, db):
    boss = actions.create_user(by=None, username="boss")
    actions.grant_role(by=None, user=boss, role=Role.ADMIN)
    response = as_user(boss).get("/settings/")  # the navigation leads there
    assert response.status_code == 200
    assert 'href="/units/"' in response.content.decode().split('id="content"')[-1]
