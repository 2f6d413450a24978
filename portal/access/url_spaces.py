"""URL spaces: the database role in which a page runs, by the first part of its path."""

from portal.access.db_scope import APP, HEAD, MEMBER, PUBLIC, STREET

HEAD_PATH = "/head/"
MEMBER_PATH = "/m/"
STREET_PATH = "/street/"
SPACES = (
    ("/accounts/", None),
    ("/static/", None),
    ("/deployment/", None),
    ("/c/", APP),
    ("/home/", APP),
    (HEAD_PATH, HEAD),
    (MEMBER_PATH, MEMBER),
    (STREET_PATH, STREET),
)
"""Database role by URL prefix; all other pages are public.

None means no scope at all: only the runtime login's own few rights (sessions, accounts).
"""


def role_of(path: str) -> str | None:
    """Database role in which the page at this path runs."""
    return next((role for prefix, role in SPACES if path.startswith(prefix)), PUBLIC)
