# ruff: noqa: I001 - the order in which hooks are declared is the order of what they give on a page
"""Hooks of residents/: a module for each feature, found at start."""

from residents.offers import care  # noqa: F401
from residents.offers import demo  # noqa: F401
from residents.offers import hooks_head_reports  # noqa: F401
from residents.offers import hooks_verification  # noqa: F401
from residents.offers import hooks_statistics  # noqa: F401
from residents.offers import hooks_events  # noqa: F401
from residents.offers import report_basis  # noqa: F401
from residents.offers import request_basis  # noqa: F401
from residents.offers import health  # noqa: F401
from residents.offers import people  # noqa: F401
from residents.offers import hooks_homes  # noqa: F401
from residents.offers import hooks_event_log  # noqa: F401
from residents.offers import hooks_importing  # noqa: F401
from residents.offers import hooks_correction_requests  # noqa: F401
from residents.offers import hooks_handover  # noqa: F401
from residents.offers import hooks_subject_access  # noqa: F401
from residents.offers import hooks_merging  # noqa: F401
from residents.offers import hooks_data_quality  # noqa: F401
from residents.offers import hooks_form_filling  # noqa: F401
from residents.offers import visits  # noqa: F401
