import pytest
from cryptography.fernet import Fernet
from django.apps.registry import Apps
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection, models
from hypothesis import given
from hypothesis import strategies as st

from xitun.lib.crypto import (
    EncryptedTextField,
    KeyLost,
    decrypt,
    decrypt_bytes,
    encrypt,
    encrypt_bytes,
    keyed_hash,
    needs_rotation,
    rotate,
)

ID_NUMBER = "62000019901126675X"


@given(st.text())
def test_it_decrypts_what_it_encrypted(text):
    assert decrypt(encrypt(text)) == text


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 1000])
def test_it_encrypts_bytes(content):
    assert decrypt_bytes(encrypt_bytes(content)) == content


def test_it_hides_equality():
    assert encrypt(ID_NUMBER) != encrypt(ID_NUMBER)
    assert ID_NUMBER not in encrypt(ID_NUMBER)


def test_it_reads_old_tokens_after_a_new_key(settings):
    token = encrypt(ID_NUMBER)
    assert not needs_rotation(token)
    settings.XITUN_FERNET_KEYS = [Fernet.generate_key().decode(), *settings.XITUN_FERNET_KEYS]
    assert decrypt(token) == ID_NUMBER
    assert needs_rotation(token)
    fresh = rotate(token)
    assert not needs_rotation(fresh)
    settings.XITUN_FERNET_KEYS = settings.XITUN_FERNET_KEYS[:1]
    assert decrypt(fresh) == ID_NUMBER
    with pytest.raises(KeyLost):
        decrypt(token)


def test_it_says_what_to_do_when_the_key_is_lost(settings):
    token = encrypt(ID_NUMBER)
    settings.XITUN_FERNET_KEYS = [Fernet.generate_key().decode()]
    for attempt in (decrypt, needs_rotation, rotate):
        with pytest.raises(KeyLost, match="XITUN_KEY_FILE"):
            attempt(token)


@pytest.mark.parametrize("token", ["x", "gAAAAA", ID_NUMBER, "密"])
def test_it_refuses_what_is_no_token(token):
    with pytest.raises(KeyLost):
        decrypt(token)


def test_it_refuses_a_token_tampered_with():
    token = encrypt(ID_NUMBER)
    with pytest.raises(KeyLost):
        decrypt(token[:20] + ("A" if token[20] != "A" else "B") + token[21:])


def test_it_needs_a_key(settings):
    settings.XITUN_FERNET_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="XITUN_FERNET_KEYS"):
        encrypt("x")


def test_it_hashes_with_the_key(settings):
    first = keyed_hash(ID_NUMBER)
    assert first == keyed_hash(ID_NUMBER)
    assert len(first) == 64
    assert first != keyed_hash(ID_NUMBER[:-1] + "1")
    settings.XITUN_HASH_KEY = b"another key"
    assert keyed_hash(ID_NUMBER) != first


class Secret(models.Model):
    id = models.IntegerField(primary_key=True)
    number = EncryptedTextField(null=True, blank=True)

    class Meta:
        apps = Apps()  # a registry of its own, so that no migration is missed in the project's
        app_label = "test_lib"
        db_table = "test_crypto_secret"


@pytest.fixture
def secrets(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_crypto_secret (id integer PRIMARY KEY, number text)")
    yield Secret.objects
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE test_crypto_secret")


def stored(pk):
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM test_crypto_secret WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_it_stores_a_column_encrypted_on_every_way_in(secrets):
    secrets.create(pk=1, number=ID_NUMBER)
    secrets.bulk_create([Secret(pk=2, number=ID_NUMBER), Secret(pk=3), Secret(pk=4, number="old")])
    secrets.filter(pk=3).update(number=ID_NUMBER)
    rewritten = secrets.get(pk=4)
    rewritten.number = ID_NUMBER
    secrets.bulk_update([rewritten], ["number"])
    for pk in (1, 2, 3, 4):
        assert decrypt(stored(pk)) == ID_NUMBER
        assert secrets.get(pk=pk).number == ID_NUMBER
    assert set(secrets.values_list("number", flat=True)) == {ID_NUMBER}


def test_it_keeps_null_and_empty_as_they_are(secrets):
    null, empty = secrets.create(pk=1, number=None), secrets.create(pk=2, number="")
    assert (stored(null.pk), stored(empty.pk)) == (None, "")
    assert secrets.get(number__isnull=True) == null
    assert secrets.get(number__isnull=False).number == ""


@pytest.mark.parametrize("lookup", ["number", "number__contains", "number__in", "number__startswith", "number__length"])
def test_it_cannot_be_searched(lookup):
    with pytest.raises(FieldError, match="encrypted"):
        Secret.objects.filter(**{lookup: ID_NUMBER})


def test_it_is_rotated_by_reading_and_writing_again(secrets, settings):
    secrets.create(pk=1, number=ID_NUMBER)
    settings.XITUN_FERNET_KEYS = [Fernet.generate_key().decode(), *settings.XITUN_FERNET_KEYS]
    assert needs_rotation(stored(1))
    secrets.get(pk=1).save()
    assert not needs_rotation(stored(1))
