"""Registers the bulletin section on verified doors."""

from portal.offers import Kind, offer
from residents.sections_verification import rows_behind, sections

offer(Kind.BULLETIN_SECTIONS)(sections)
offer(Kind.BULLETIN_ROWS)(rows_behind)
