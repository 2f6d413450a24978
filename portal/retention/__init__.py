"""Purge of expired personal data (到期清除): rows, their history, attachments and files, with counts.

For every `Kept` with a period the owner of the database has one function, installed from the declaration
(`portal.database.install`): so a register cannot be forgotten, and nobody but the owner can shorten a period. The runtime role may
call them in its own community and has no other way to remove history.

An expired row is purged once no row outside its own parts references it; so rows that reference a person are purged
first, by their own periods, and the person last.
"""
