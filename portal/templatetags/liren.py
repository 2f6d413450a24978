"""Template tags and filters every page has (a builtin, see settings)."""

from django import template

register = template.Library()
