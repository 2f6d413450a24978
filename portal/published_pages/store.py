"""Rendered pages, compressed once and kept in the process."""

import gzip
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

import brotli
from django.http import HttpResponse

from portal.published_pages.changes import PublicState
from portal.published_pages.declaration import Published
from portal.values.sizes import MIB

MEMORY = 32 * MIB
"""Bytes of pages that a process keeps; those that nobody asked for the longest go first."""
LARGEST = 4 * MIB
"""A larger page is rendered each time, rather than push out many others."""

IDENTITY, GZIP, BROTLI = "identity", "gzip", "br"
_COMPRESSIBLE = ("text/", "image/svg+xml", "application/json")
_OVERHEAD = 2_000
"""About the bytes that a kept page takes besides its bodies."""
_OF_A_RESPONSE = ("Content-Length", "Vary", "ETag", "Cache-Control")
"""Headers that each answer has of its own."""


@dataclass(frozen=True)
class StoredPage:
    """A page as sent: a body per encoding, and the headers that do not depend on it.

    Of a compressed page the plain text is not kept: nearly nobody asks for it.
    """

    state: PublicState
    declared: Published
    headers: dict[str, str]
    bodies: dict[str, bytes]
    digest: str

    @classmethod
    def of(cls, response: HttpResponse, declared: Published, state: PublicState) -> "StoredPage":
        content = response.content
        bodies = {}
        if response.headers.get("Content-Type", "").startswith(_COMPRESSIBLE):
            # Always the same bytes: no time of its making in them, so that all processes have the same tag.
            compressed = {
                GZIP: gzip.compress(content, 6, mtime=0),
                BROTLI: brotli.compress(content, quality=5),
            }
            bodies = {name: body for name, body in compressed.items() if len(body) < len(content)}
        if GZIP not in bodies:
            bodies[IDENTITY] = content
        headers = {name: value for name, value in response.headers.items() if name not in _OF_A_RESPONSE}
        return cls(state, declared, headers, bodies, hashlib.sha256(content).hexdigest()[:32])

    def body(self, encoding: str) -> bytes:
        if encoding == IDENTITY and IDENTITY not in self.bodies:
            return gzip.decompress(self.bodies[GZIP])
        return self.bodies[encoding]

    def tag(self, encoding: str) -> str:
        """Strong ETag of the body in this encoding."""
        return f'"{self.digest}"' if encoding == IDENTITY else f'"{self.digest}-{encoding}"'

    def known_tag(self, if_none_match: str) -> str:
        """Tag of this page, in any encoding, that a header If-None-Match names; empty if it names none."""
        if self.digest not in if_none_match and if_none_match.strip() != "*":
            return ""
        named = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        own = map(self.tag, (IDENTITY, *self.bodies))
        return next((tag for tag in own if tag in named or "*" in named), "")

    @cached_property
    def size(self) -> int:
        return _OVERHEAD + sum(map(len, self.bodies.values()))


class Store:
    """The kept pages by path, bounded in bytes."""

    def __init__(self, memory: int = MEMORY):
        self.memory = memory
        self.size = 0
        self._pages: OrderedDict[str, StoredPage] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, path: str) -> StoredPage | None:
        with self._lock:
            if page := self._pages.get(path):
                self._pages.move_to_end(path)
            return page

    def put(self, path: str, page: StoredPage) -> None:
        with self._lock:
            if old := self._pages.pop(path, None):
                self.size -= old.size
            if page.size > min(LARGEST, self.memory):
                return
            self._pages[path] = page
            self.size += page.size
            while self.size > self.memory:
                _, dropped = self._pages.popitem(last=False)
                self.size -= dropped.size

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self.size = 0


STORE = Store()
