"""Removing what is past its time (到期清除): rows, their history, attachments and files, with a count.

For every `Kept` with a period the owner of the database has one function, installed from the declaration
(`portal.database.install`): so a register cannot be forgotten, and nobody but the owner can shorten a period. The runtime role may
call them in its own community and has no other way to remove history.

A row goes when its day is past and no row outside its own parts points at it any more; so what points at a
person goes first, by its own period, and the person last.
"""

from portal.purging import functions  # noqa: F401 - registers what is installed
from portal.purging.job import purge
from portal.purging.past import past_counts, purged

__all__ = ["past_counts", "purge", "purged"]
