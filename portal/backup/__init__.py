"""Backup and restore (备份和恢复) of a deployment: database, roles and private files, in one file.

`archive` is the file format, `catalogue` describes and checksums a database for comparison, `programs` finds pg_dump
and pg_restore. A backup never contains the encryption keys.
"""
