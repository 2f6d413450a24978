"""Limits of child processes that parse uploaded files (security.md)."""

MEMORY_MB = 500
SECONDS = 60
