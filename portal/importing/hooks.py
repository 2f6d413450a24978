"""Encrypted columns of the import: staged rows and corrected cells."""

from collections.abc import Iterator

from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn
from portal.importing import corrections, staging
from portal.importing.models import ImportBatch, ImportRow


@hook(Hook.SECRETS)
def encrypted_columns() -> Iterator[EncryptedColumn]:
    yield EncryptedColumn(
        "待导入的证件号码",
        ImportRow,
        "sealed",
        lambda row: (staging.COLUMN, staging.encryption_context(row.batch, row.sheet, row.number)),
        related=("batch",),
    )
    yield EncryptedColumn(
        "导入表格中改正的内容", ImportBatch, "corrections", lambda batch: (corrections.COLUMN, batch.uuid)
    )
