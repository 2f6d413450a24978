"""Registers the bulletin section on building heads' reports."""

from portal.offers import Kind, offer
from residents.sections_reports import rows_behind, sections

offer(Kind.BULLETIN_SECTIONS)(sections)
offer(Kind.BULLETIN_ROWS)(rows_behind)
