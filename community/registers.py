"""Registers of community/, one module a feature, in the order in which pages list them."""

# isort: off
from community import registers_places  # noqa: F401
from community import registers_units  # noqa: F401
from community import registers_media  # noqa: F401
from community import registers_profile  # noqa: F401
from community import registers_tasks  # noqa: F401
