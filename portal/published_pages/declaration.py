"""Declaration of views whose pages are rendered once for everybody."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import Resolver404, resolve

from portal.access.db_scope import PUBLIC
from portal.access.url_spaces import role_of


@dataclass(frozen=True, slots=True)
class Published:
    """A view that shows what is published, and nothing else.

    reads: query parameters that the view reads. An address with one of them is rendered for each request; all others
    are none of the page's business, such as those that chat programs add.
    """

    reads: frozenset[str] = frozenset()


def published(reads: tuple[str, ...] = ()) -> Callable:
    """Decorator of a view whose page depends on its path, on what the public may read, and on the date alone.

    Such a view knows no user, cookie or header: it is asked in the name of nobody (`portal.published_pages.middleware`).
    What it reads stands in tables open to the public (`portal.published_pages.changes`), and it writes nothing.
    """

    def declare(view):
        view.published = Published(frozenset(reads))
        return view

    return declare


def declaration_of(path: str) -> Published | None:
    """The declaration of the view at this path, if it has one; only public pages can."""
    if role_of(path) != PUBLIC:
        return None
    try:
        return getattr(resolve(path).func, "published", None)
    except Resolver404:
        return None
