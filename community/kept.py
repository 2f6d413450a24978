"""Retention of community/ beside its registers, one module a feature."""

# isort: off
from community import retention_accounts  # noqa: F401
from community import retention_phones  # noqa: F401
from community import retention_bulletins  # noqa: F401
from community import retention_objections  # noqa: F401
