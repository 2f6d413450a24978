"""Encrypted columns of the import's staging."""

from collections.abc import Iterator

from portal.exports.models import MadeFilePart, ReleasePart
from portal.files import stored_files
from portal.hooks.registry import Kind, offer
from portal.hooks.secrets import Secret
from portal.importing import batches, staging
from portal.importing.models import ImportBatch, ImportRow


@offer(Kind.SECRETS)
def of_the_portal() -> Iterator[Secret]:
    yield Secret(
        "导入的原文件", ImportBatch, "content", lambda batch: (batches.COLUMN, batch.uuid), at_once=5
    )
    yield Secret(
        "待导入的证件号码",
        ImportRow,
        "sealed",
        lambda row: (staging.COLUMN, staging.bound_to(row.batch, row.sheet, row.number)),
        related=("batch",),
    )
    for title, model in (("生成的文件", MadeFilePart), ("含完整号码的文件", ReleasePart)):
        yield Secret(title, model, "content", stored_files.bound_to, related=("file",), at_once=50)
