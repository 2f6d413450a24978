"""Hook SECRETS: columns that hold encrypted values, for `check_secrets` and `rotate_keys`."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.access.user_access import CommunityRef
from portal.hooks.search import SearchResults


@dataclass(frozen=True, slots=True)
class SecretSearchResult:
    """Result of a search by a secret: a sentence for the user, and matches by community."""

    sentence: str
    results: tuple[tuple[CommunityRef, SearchResults], ...] = ()


@dataclass(frozen=True, slots=True)
class EncryptedColumn:
    """A column of encrypted values, for re-encryption: its title, model and field, and its encryption context.

    bound_to: (row) -> (column, uuid), the context passed to `portal.crypto.vault`.
    related: relations to select with a row for that.
    at_once: rows held in memory at a time; few where a value is a file.
    """

    title: str
    model: type
    field: str
    bound_to: Callable
    related: tuple[str, ...] = ()
    at_once: int = 1_000
