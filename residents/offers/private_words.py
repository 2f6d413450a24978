"""Registers the scanners for words about residents that no public text may contain."""

from portal.offers import Kind, offer
from residents.private_words import private_words

offer(Kind.PRIVATE_WORDS)(private_words)
