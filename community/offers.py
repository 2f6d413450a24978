"""Hooks and menu lines of community/, one module a feature, in the order of the features."""

# isort: off
from community import hooks_people  # noqa: F401
from community import hooks_places  # noqa: F401
from community import hooks_accounts  # noqa: F401
from community import hooks_dated_rules  # noqa: F401
from community import hooks_phones  # noqa: F401
from community import hooks_units  # noqa: F401
from community import hooks_profile  # noqa: F401
from community import hooks_media  # noqa: F401
from community import hooks_objections  # noqa: F401
from community import hooks_tasks  # noqa: F401
from community import hooks_bulletins  # noqa: F401
from community import hooks_street_office  # noqa: F401
from community import hooks_figures  # noqa: F401
from community import hooks_organisation  # noqa: F401
from community import hooks_setup  # noqa: F401
