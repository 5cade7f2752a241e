"""Which lists can be kept as somebody wants them again, and what of their address."""

from urllib.parse import parse_qsl, urlencode

from django.urls import Resolver404, resolve

LISTS = {"people", "dues", "ledger"}  # names of routes
MOST = 20  # a user and list
# Rows of one moment; and words searched for, which may be a name or an ID number and so are kept nowhere.
NOT_KEPT = {"q", "after", "before", "page", "ticked"}


def is_list(path):
    try:
        return resolve(path).url_name in LISTS
    except Resolver404:
        return False


def kept_part(query):
    """The filters of an address, without what is empty: "q=张&sex=m&unit=" → "sex=m"."""
    try:
        pairs = parse_qsl(query, max_num_fields=60)
    except ValueError:  # somebody sends thousands
        return ""
    return urlencode([(name, value) for name, value in pairs if name not in NOT_KEPT])
