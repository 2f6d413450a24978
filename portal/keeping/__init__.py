"""Backup and restore of all that a deployment keeps: database, roles and private files, in one file (备份和恢复).

`archive` is the file, `catalogue` what a database consists of and holds, `backup` and `restore` the two ways,
`programs` finds pg_dump and pg_restore, `sealed` knows every column of encrypted values. The keys are never inside.
"""


class KeepingError(Exception):
    """It cannot be done; the sentence says why and what to do. Nothing was changed."""
