"""Which encoding a request accepts."""

from collections.abc import Collection
from functools import lru_cache

from portal.published_pages.store import BROTLI, GZIP, IDENTITY

_BEST_FIRST = (BROTLI, GZIP)


@lru_cache(maxsize=256)
def _accepted(header: str) -> frozenset[str]:
    """Encodings of a header Accept-Encoding that are not refused by `q=0`; a star accepts all that are not named."""
    weights: dict[str, bool] = {}
    for part in header.lower().split(","):
        name, _, parameters = part.partition(";")
        weights[name.strip()] = _is_positive(parameters)
    star = weights.get("*", False)
    return frozenset(name for name in _BEST_FIRST if weights.get(name, star))


def _is_positive(parameters: str) -> bool:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value) > 0
            except ValueError:
                return False
    return True


def best_encoding(header: str, available: Collection[str]) -> str:
    """The best encoding of those available that the header accepts; what is not compressed anybody can read."""
    accepted = _accepted(header)
    return next((name for name in _BEST_FIRST if name in accepted and name in available), IDENTITY)
