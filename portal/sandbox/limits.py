"""Limits of child processes that parse uploaded files (decisions 0056 and 0076)."""

MEMORY_MB = 500
SECONDS = 60
PICTURE_SECONDS = 20
"""Time limit of one picture; the slowest legitimate one takes a tenth of it."""
