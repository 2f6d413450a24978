"""The store of rendered pages: bounded in bytes, and the same bytes in every process."""

import datetime
import os

from django.http import HttpResponse

from portal.published_pages.changes import PublicState
from portal.published_pages.declaration import Published
from portal.published_pages.store import LARGEST, Store, StoredPage

STATE = PublicState("marks", datetime.date(2026, 11, 30))


def page(content: bytes, content_type="image/jpeg") -> StoredPage:
    return StoredPage.of(HttpResponse(content, content_type=content_type), Published(), STATE)


def test_what_nobody_asked_for_longest_goes_first():
    store = Store(memory=3 * page(b"x" * 10_000).size)
    for path in "abc":
        store.put(path, page(b"x" * 10_000))
    store.get("a")
    store.put("d", page(b"x" * 10_000))
    assert [store.get(path) is not None for path in "abcd"] == [True, False, True, True]


def test_memory_stays_below_the_bound_whatever_comes():
    store = Store(memory=1_000_000)
    for number in range(500):
        store.put(str(number % 130), page(os.urandom(number * 37 % 30_000)))
        assert store.size <= store.memory
        assert store.size == sum(kept.size for kept in store._pages.values())
    assert len(store) > 20


def test_a_page_as_large_as_many_is_not_kept():
    store = Store()
    store.put("a", page(b"x"))
    store.put("a", page(b"x" * (LARGEST + 1)))
    assert (store.get("a"), store.size) == (None, 0)


def test_a_text_is_compressed_and_a_photo_is_not():
    assert set(page(b"text " * 500, "text/html; charset=utf-8").bodies) == {"gzip", "br"}
    assert set(page(b"text " * 500, "application/pdf").bodies) == {"identity"}
    assert set(page(b"x", "text/html").bodies) == {"identity"}  # would only grow


def test_every_process_has_the_same_tags():
    first, second = (page(b"text " * 500, "text/html") for _ in range(2))
    assert first.bodies == second.bodies
    assert [first.tag(name) for name in first.bodies] == [second.tag(name) for name in second.bodies]
    assert len({first.tag(name) for name in (*first.bodies, "identity")}) == 3
    assert first.body("identity") == b"text " * 500
