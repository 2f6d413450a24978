# ruff: noqa: I001 - the order of the declarations is that of the page
"""Dated rules of residents/ (期限规定): a module for each feature, found at start."""

import residents.rules_care
import residents.rules_visits
import residents.rules_health
import residents.rules_corrections  # noqa: F401
