"""The bulletin sections of residents/ (`residents.sections`)."""

from portal.offers import Kind, offer
from residents.sections import rows_behind, sections

offer(Kind.BULLETIN_SECTIONS)(sections)
offer(Kind.BULLETIN_ROWS)(rows_behind)
