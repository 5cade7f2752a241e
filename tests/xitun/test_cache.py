"""The cache on Redis: what it empties, and what it leaves."""

import pytest
import redis
from django.conf import settings

from xitun.cache import ForgivingRedisCache

pytestmark = pytest.mark.skipif(not settings.REDIS_URL, reason="there is no Redis to ask")


def test_it_empties_its_own_keys_alone():
    ours = ForgivingRedisCache(settings.REDIS_URL, {"KEY_PREFIX": "xitun-ours"})
    others = redis.Redis.from_url(settings.REDIS_URL)
    ours.set("a", 1, 60)
    others.set("xitun-others:1:a", 1, ex=60)
    ours.clear()
    assert ours.get("a") is None
    assert others.get("xitun-others:1:a") == b"1"
    others.delete("xitun-others:1:a")


def test_it_forgives_when_nobody_answers():
    down = ForgivingRedisCache("redis://127.0.0.1:1/0", {"KEY_PREFIX": "x", "OPTIONS": {"socket_connect_timeout": 1}})
    assert down.clear() is False
