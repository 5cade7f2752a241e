"""Signing in, accounts and units. Of django-allauth only the pages a closed house needs: no sign-up, no e-mail and no
password reset; whoever is locked out gets a new printed slip."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path

from .views import accounts, handover, unit_end, units, users

urlpatterns = [
    path("accounts/login/", accounts.sign_in, name="account_login"),
    path("accounts/continue/", accounts.device_continue, name="device-continue"),
    path("accounts/forget/", accounts.device_forget, name="device-forget"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/set/", account.password_set, name="account_set_password"),
    path("accounts/2fa/", mfa.index, name="mfa_index"),
    path("accounts/2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("accounts/2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("accounts/2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("accounts/2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("accounts/2fa/recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("accounts/2fa/recovery-codes/generate/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("accounts/2fa/recovery-codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("accounts/sessions/", accounts.sessions, name="usersessions_list"),
    path("s/", accounts.slip_code, name="slip-code"),
    path("s/<str:token>/", accounts.slip_use, name="slip-use"),
    path("me/", accounts.me, name="me"),
    path("me/keys/", accounts.me_keys, name="me-keys"),
    path("me/devices/", accounts.me_devices, name="me-devices"),
    path("me/sign-out-everywhere/", accounts.sign_out_everywhere, name="sign-out-everywhere"),
    path("me/tokens/", accounts.me_tokens, name="me-tokens"),
    path("me/tokens/<int:pk>/revoke/", accounts.token_revoke, name="token-revoke"),
    path("devices/<int:pk>/revoke/", accounts.device_revoke, name="device-revoke"),
    path("users/", users.users, name="users"),
    path("users/new/", users.user_new, name="user-new"),
    path("users/<int:pk>/", users.user, name="user"),
    path("users/<int:pk>/grants/new/", users.grant_new, name="grant-new"),
    path("users/<int:pk>/slip/", users.slip_new, name="slip-new"),
    path("users/<int:pk>/close/", users.user_close, name="user-close"),
    path("users/<int:pk>/reopen/", users.user_reopen, name="user-reopen"),
    path("users/<int:pk>/sign-out/", users.user_sign_out, name="user-sign-out"),
    path("grants/<int:pk>/end/", users.grant_end, name="grant-end"),
    path("grants/<int:pk>/hand-over/", handover.hand_over, name="hand-over"),
    path("units/", units.units, name="units"),
    path("units/<int:pk>/", units.units, name="unit"),
    path("units/<int:pk>/end/", unit_end.unit_end, name="unit-end"),
    path("units/new/", units.unit_new, name="unit-new"),
    path("units/import/", units.units_import, name="units-import"),
]
