# ruff: noqa: I001 - the order in which registers are declared is that of some pages
"""Registers of residents/: a module for each feature, found at start."""

import residents.registers.care
import residents.registers.changes
import residents.registers.reports
import residents.registers.people
import residents.registers.homes
import residents.registers.merges
import residents.registers.requests
import residents.registers.visits  # noqa: F401
