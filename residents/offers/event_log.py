"""Registers the bulletin section on population and its change."""

from portal.offers import Kind, offer
from residents.sections_event_log import rows_behind, sections

offer(Kind.BULLETIN_SECTIONS)(sections)
offer(Kind.BULLETIN_ROWS)(rows_behind)
