"""What lies in Redis as a cache is believed when this platform put it there, and never run."""

import os
import pickle

import pytest
import redis
from django.core.cache import cache, caches
from django_tenants.utils import tenant_context

from elections.queries import board
from tests import factories


@pytest.fixture
def server(settings):
    """Redis itself; the cache of this test is in it."""
    redis_cache = {"BACKEND": "tenants.cache_seal.SealedCache", "LOCATION": settings.REDIS_URL}
    settings.CACHES = {"default": settings.CACHES["default"] | redis_cache}
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield client
        client.delete(cache.make_key("a"), cache.make_key("b"))


@pytest.mark.parametrize("value", [7, 0, -1, True, "7", "é", 1.5, None, [1, "b"], {"a": {"b": [None]}}])
def test_value_comes_back_as_it_was(server, value):
    cache.set("a", value)
    assert caches["default"].get("a") == value
    assert type(cache.get("a")) is type(value)


class Harmful:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_what_somebody_else_put_there_is_not_run_and_not_believed(server, tmp_path):
    path = tmp_path / "made"
    server.set(cache.make_key("a"), pickle.dumps(Harmful(f"{path}")))
    assert cache.get("a") is None
    assert not path.exists()
    cache.set("b", "x")
    for text in (b'{"keys": []}', b"\xff", b"", b"a:b:c", server.get(cache.make_key("b")) + b"x"):
        server.set(cache.make_key("a"), text)
        assert (cache.get("a"), cache.get("a", "nothing"), cache.get_many(["a"])) == (None, "nothing", {})


def test_value_counts_under_its_own_key_and_municipality_only(server, zonneiland):
    """Otherwise the keys of one provider of work accounts could be put in the place of those of another."""
    cache.set("a", {"keys": ["of juinen"]})
    kept = server.get(cache.make_key("a"))
    server.set(cache.make_key("b"), kept)
    assert (cache.get("a"), cache.get("b")) == ({"keys": ["of juinen"]}, None)
    with tenant_context(zonneiland):
        server.set(cache.make_key("a"), kept)
        assert cache.get("a") is None
        cache.delete("a")


def test_several_values_at_once_come_back_as_they_were(server):
    cache.set_many({"a": {"x": [1]}, "b": 2})
    assert cache.get_many(["a", "b"]) == {"a": {"x": [1]}, "b": 2}


def test_counts_stay_numbers_that_redis_adds_to(server):
    cache.add("b", 0)
    assert [cache.incr("b"), cache.get("b")] == [1, 1]


def test_value_that_is_no_json_is_refused(server):
    with pytest.raises(TypeError):
        cache.set("a", {1, 2})


def test_signs_of_the_board_are_read_from_redis_as_they_were(server, monkeypatch):
    """Their keys are numbers of stations and day parts, which JSON makes texts of."""
    event = factories.make_event()
    day_part = factories.make_day_part(factories.make_polling_day(event))
    station = factories.make_polling_station(event)
    factories.make_shift(station, day_part, factories.make_position(event), places=1)
    first = board.outlines(event, event.polling_stations.all())
    assert any(outline.law for outline in first)
    monkeypatch.delattr(board, "coverage")
    assert board.outlines(event, event.polling_stations.all()) == first
