"""Purge of expired personal data (到期清除): rows, their history, attachments and files, with counts.

For every `DataCategory` with a retention period the database owner has one purge function, generated from the
declaration and installed by `portal.database.install`: so a register cannot be forgotten, and only the owner can
shorten a period. The runtime role may call it for its own community and has no other way to delete history.

An expired row is purged once no row outside its own parts references it: rows that reference a person are purged
first, by their own periods, and the person last.
"""
