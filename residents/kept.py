# ruff: noqa: I001 - the order of the declarations is that of the page
"""Retention of tables of residents/ without a register: a module for each feature, found at start."""

import residents.kept_verification
import residents.kept_health
import residents.kept_data_quality
import residents.kept_form_filling  # noqa: F401
