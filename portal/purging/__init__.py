"""Removing what is past its time (到期清除): rows, their history, attachments and files, with a count.

For every `Kept` with a period the owner of the database has one function, made from the declaration after each
migration: so a register cannot be forgotten, and nobody but the owner can shorten a period. The runtime role may
call them in its own community and has no other way to remove history.

A row goes when its day is past and no row outside its own parts points at it any more; so what points at a
person goes first, by its own period, and the person last.
"""

from portal.purging.functions import after_migrations, bring_up_to_date
from portal.purging.job import purge
from portal.purging.past import past_counts, purged

__all__ = ["after_migrations", "bring_up_to_date", "past_counts", "purge", "purged"]
