"""Encrypted columns of the import's staging."""

from collections.abc import Iterator

from portal.exports.models import GeneratedFilePart, SensitiveExportPart
from portal.files import stored_files
from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn
from portal.importing import batches, staging
from portal.importing.models import ImportBatch, ImportRow


@hook(Hook.SECRETS)
def encrypted_columns() -> Iterator[EncryptedColumn]:
    yield EncryptedColumn(
        "导入的原文件", ImportBatch, "content", lambda batch: (batches.COLUMN, batch.uuid), batch_size=5
    )
    yield EncryptedColumn(
        "待导入的证件号码",
        ImportRow,
        "sealed",
        lambda row: (staging.COLUMN, staging.encryption_context(row.batch, row.sheet, row.number)),
        related=("batch",),
    )
    for title, model in (("生成的文件", GeneratedFilePart), ("含完整号码的文件", SensitiveExportPart)):
        yield EncryptedColumn(
            title, model, "content", stored_files.encryption_context, related=("file",), batch_size=50
        )
