"""Hook SECRETS: columns and files that hold encrypted values, for `check_secrets` and `rotate_keys`."""

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
    """A column of encrypted values or files, for re-encryption: title, model, field, and encryption context.

    context_of: (row) -> (column, uuid), the context passed to `portal.crypto.vault`.
    related: relations to select with a row for that.
    batch_size: rows in memory at a time; few where a value is a file.
    in_storage: the field holds the name of an encrypted file in the default storage, not the value itself.
    """

    title: str
    model: type
    field: str
    context_of: Callable
    related: tuple[str, ...] = ()
    batch_size: int = 1_000
    in_storage: bool = False
