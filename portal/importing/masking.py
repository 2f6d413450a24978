"""Keeping certificate numbers out of pages and plain columns, wherever in a file they stand."""

import re

_LONG_NUMBER = re.compile(r"(?<![\dXx])(\d{4})\d{11,}[\dXx*]*", re.ASCII)


def holds_secret(text: str) -> bool:
    """Whether a text holds a number as long as a certificate or bank card (15 digits and more, the last perhaps X)."""
    return bool(_LONG_NUMBER.search(text))


def mask_numbers(text: str) -> str:
    """Long numbers with their first four digits only."""
    return _LONG_NUMBER.sub(lambda run: run.group(1) + "*" * (len(run.group()) - 4), text)
