"""The error of backup and restore that an operator reads."""


class BackupError(Exception):
    """Backup or restore failed without changing anything. The text is the sentence to show: why, and what to do."""
