"""A new encryption key for data that was encrypted with an older one.

The new key goes first in the key file, so that everything written from now on uses it, and the older keys still open
what they closed. Then every encrypted column is written anew in batches. It may be interrupted and begun again at any
point: a row is skipped when it already bears the current key. Only `drop_old_keys` takes the older keys away, after it
has seen that no row needs them.
"""

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from members.audit import trace
from xitun.lib import keyfile
from xitun.lib.crypto import EncryptedTextField, needs_rotation, rotate

BATCH = 500  # rows in one transaction: short locks, flat memory


@transaction.atomic
def add_key(path):
    """Put a new key first in the key file, unless a rotation is under way already. Returns whether one was added.

    Two at once would each write a file without the other's key: a row lock lets the second see the first's work.
    """
    _lock()
    keys = keyfile.load(path)
    begun = len(keys.fernet) > 1
    if not begun:
        keys = keys.with_new_fernet()
        keyfile.save(path, keys)
        trace("add_key", by=None)
    settings.XITUN_FERNET_KEYS = list(keys.fernet)
    return not begun


def re_encrypt(path):
    """Write every column that an older key closed anew with the current one. Returns how many were.

    Raises KeyLost when no key opens one of them; what was done before stays done.
    """
    settings.XITUN_FERNET_KEYS = list(keyfile.load(path).fernet)
    return sum(_re_encrypt_column(model, field) for model, field in encrypted_columns())


@transaction.atomic
def drop_old_keys(path):
    """Forget every key but the current one. Call after `re_encrypt`, when no process runs with the older keys any more.
    Returns how many were forgotten. Raises KeyLost when a row still needs one, and then forgets none."""
    _lock()
    keys = keyfile.load(path)
    current = keys.with_current_only()
    settings.XITUN_FERNET_KEYS = list(current.fernet)
    try:
        for model, field in encrypted_columns():
            for _pk, token in _tokens(model, field):
                needs_rotation(token)
    except BaseException:
        settings.XITUN_FERNET_KEYS = list(keys.fernet)
        raise
    if dropped := len(keys.fernet) - 1:
        keyfile.save(path, current)
        trace("drop_old_keys", by=None, detail={"keys": dropped})
    return dropped


def encrypted_columns():
    """(model, field) of every EncryptedTextField of the installation."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield model, field


def _lock():
    ContentType.objects.select_for_update().get(app_label="members", model="person")


def _re_encrypt_column(model, field):
    quote = connection.ops.quote_name
    table, column, key = map(quote, (model._meta.db_table, field.column, model._meta.pk.column))
    # The old value is asked for once more: what somebody wrote meanwhile is newer than what was read.
    sql = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"
    written, batch = 0, []
    for pk, token in _tokens(model, field):
        if needs_rotation(token):
            batch.append((rotate(token), pk, token))
        if len(batch) >= BATCH:
            written += _write(sql, batch)
            batch = []
    return written + _write(sql, batch)


def _write(sql, batch):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(sql, batch)
    return len(batch)


def _tokens(model, field):
    """(pk, token as stored) of every row that has one, read BATCH rows a statement."""
    filled = model._base_manager.filter(**{f"{field.name}__isnull": False}).order_by("pk")
    rows = filled.annotate(token=Cast(field.name, TextField())).values_list("pk", "token")
    last = None
    while batch := list((rows if last is None else rows.filter(pk__gt=last))[:BATCH]):
        yield from (row for row in batch if row[1])
        last = batch[-1][0]
