"""How people sign in: user name and password, a printed slip, a remembered device. Nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False
