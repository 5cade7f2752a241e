"""Files kept apart from the database."""

import pytest

from xitun.lib import vault


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def test_it_gives_back_what_was_put_and_shows_it_to_nobody_else(settings):
    key = vault.new_key()
    name = vault.put("某某的证明".encode(), key)
    path = vault.path_of(name)
    assert vault.take(name, key) == "某某的证明".encode()
    assert "某某".encode() not in path.read_bytes()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o077) == (0o600, 0)
    assert [found for found, _age in vault.names()] == [name]


def test_it_says_that_a_file_is_gone_or_another_one():
    name, key = vault.put(b"a", vault.new_key()), vault.new_key()
    with pytest.raises(vault.Missing):
        vault.take(name, key)
    vault.drop(name)
    vault.drop(name)
    with pytest.raises(vault.Missing):
        vault.take(name, key)


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 4095, 100_000])
def test_it_knows_how_long_a_sealed_file_is(size):
    name = vault.put(b"x" * size, vault.new_key())
    assert vault.is_whole(name, size)
    path = vault.path_of(name)
    path.write_bytes(path.read_bytes()[:-1])
    assert not vault.is_whole(name, size)
    vault.drop(name)
    assert not vault.is_whole(name, size)
