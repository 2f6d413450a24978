"""Hooks of finance."""

from community.finance import bulletin_section
from portal.hooks.registry import Hook, hook

hook(Hook.BULLETIN_SECTIONS)(bulletin_section.sections)
hook(Hook.BULLETIN_ROWS)(bulletin_section.drill_down_rows)
