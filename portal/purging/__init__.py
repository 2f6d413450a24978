"""Purge of expired personal data (到期清除): rows, their history, attachments and files, with counts.

The database owner has one function for every `Kept` with a retention period, generated from the declaration after
each migration: so no register can be forgotten, and only the owner can shorten a period. The runtime role may call
them in its own community and has no other way to delete history.

An expired row is purged once no row outside its own parts references it; so rows that reference a person are purged
first, by their own periods, and the person last.
"""

from portal.purging.functions import after_migrations, bring_up_to_date
from portal.purging.job import purge
from portal.purging.past import past_counts, purged

__all__ = ["after_migrations", "bring_up_to_date", "past_counts", "purge", "purged"]
