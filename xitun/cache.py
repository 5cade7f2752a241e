"""A Redis cache that may be down: a miss instead of an error, because nothing in the cache is the only copy."""

import logging

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def _forgiving(name, fallback):
    plain = getattr(OwnKeysRedisCache, name)

    def method(self, *args, **kwargs):
        try:
            return plain(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            log.warning("cache %s failed: %s", name, type(error).__name__)
            return fallback(args, kwargs)

    method.__name__ = name
    return method


def _default_of_get(args, kwargs):
    return args[1] if len(args) > 1 else kwargs.get("default")


class OwnKeysRedisCache(RedisCache):
    def clear(self):
        """Only what is ours: Django empties the whole Redis database, whoever else keeps something there."""
        client = self._cache.get_client(write=True)
        for key in client.scan_iter(match=f"{self.key_prefix}:*", count=1000):
            client.unlink(key)
        return True


class ForgivingRedisCache(OwnKeysRedisCache):
    get = _forgiving("get", _default_of_get)
    get_many = _forgiving("get_many", lambda args, kwargs: {})
    has_key = _forgiving("has_key", lambda args, kwargs: False)
    add = _forgiving("add", lambda args, kwargs: True)
    set = _forgiving("set", lambda args, kwargs: None)
    set_many = _forgiving("set_many", lambda args, kwargs: [])
    touch = _forgiving("touch", lambda args, kwargs: False)
    delete = _forgiving("delete", lambda args, kwargs: False)
    delete_many = _forgiving("delete_many", lambda args, kwargs: None)
    clear = _forgiving("clear", lambda args, kwargs: False)
    # A counter that cannot be kept reads as a missing key, which callers of incr already handle.
    incr = _forgiving("incr", lambda args, kwargs: _missing(args))


def _missing(args):
    raise ValueError(f"Key {args[0]!r} not found")
