"""Giving a hotline list back: the file as it was uploaded, with the result columns of the answered orders filled in."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.utils import timezone

from portal.form_filling.process import FILL
from portal.importing.models import ImportBatch, ImportRow
from portal.sandbox import sandbox
from services.hotline.about_staff import complaint_answers
from services.hotline.results import OrderResult, results_of
from services.hotline.words import RESULTS

WRITE = replace(FILL, function="services.hotline.sandboxed:fill")


@dataclass(frozen=True, slots=True)
class ListState:
    """How far a list is: its rows, and those without an answer, which stay blank."""

    batch: ImportBatch
    rows: int
    answered: int
    handed_over: int
    """Of the blank ones, those that the supervision committee answers and the user may not read."""

    @property
    def blank(self) -> int:
        return self.rows - self.answered

    @property
    def not_imported(self) -> int:
        """Rows of the file that were refused, or left to be decided; they stay blank as well."""
        return self.batch.report["counts"]["rows"] - self.rows

    @property
    def columns(self) -> list[str]:
        """The result columns that the file has."""
        return [name for name in RESULTS if any(name in each["fields"] for each in self._read_layouts)]

    @property
    def refusal(self) -> str:
        """Why the file cannot be filled; empty if it can."""
        if self.batch.mapping.get("kind") != "xlsx":
            return "不是 .xlsx 格式，结果不能填回原文件；可以导出工单列表，把结果粘贴过去"
        return "" if self.columns else "表中没有办理结果、是否联系、回访结果栏，不能填回"

    @property
    def _read_layouts(self) -> list[dict]:
        used = set(self.batch.mapping["used"])
        return [layout for layout in self.batch.mapping["layouts"] if used & set(layout["sheets"])]


def list_states(batches: list[ImportBatch], orders, complaints) -> list[ListState]:
    """How far each of these lists is. orders and complaints: those that the user may see."""
    numbers_by_batch: dict[int, list[str]] = {batch.pk: [] for batch in batches}
    rows = ImportRow.objects.filter(batch__in=batches, settled=True).order_by("id")
    for batch_id, label in rows.values_list("batch_id", "label"):
        numbers_by_batch[batch_id].append(label)
    numbers = {number for each in numbers_by_batch.values() for number in each}
    results, hidden = _results(orders, complaints, numbers)
    return [
        ListState(
            batch,
            len(each),
            sum(results.get(number, OrderResult()).is_answered for number in each),
            len(hidden.intersection(each)),
        )
        for batch, each in ((batch, numbers_by_batch[batch.pk]) for batch in batches)
    ]


def _results(orders, complaints, numbers: Collection[str]) -> tuple[dict[str, OrderResult], set[str]]:
    """The results of these orders, and which of them are answered where the user may not read."""
    chosen = list(orders.filter(number__in=numbers).select_related("request"))
    answers = complaint_answers(chosen, complaints)
    results = results_of(chosen) | {number: OrderResult(text or "") for number, text in answers.items()}
    return results, {number for number, text in answers.items() if text is None}


def fill_list(batch: ImportBatch, orders, complaints) -> bytes:
    """The file of a list with its results; cells with content stay as they are. Raises SpreadsheetError."""
    rows = list(ImportRow.objects.filter(batch=batch, settled=True).values_list("sheet", "number", "label"))
    results, _ = _results(orders, complaints, [label for *_, label in rows])
    sheets: dict[str, dict[int, dict[int, str]]] = {}
    for layout in batch.mapping["layouts"]:
        columns = {name: layout["fields"][name] + 1 for name in RESULTS if name in layout["fields"]}
        names = {name[:100]: name for name in layout["sheets"]}
        for sheet, number, label in rows:
            result = results.get(label)
            if sheet in names and columns and result and result.is_answered:
                texts = {column: getattr(result, name) for name, column in columns.items()}
                texts = {column: text for column, text in texts.items() if text}
                sheets.setdefault(names[sheet], {})[number] = texts
    return sandbox.run(WRITE, batch.read_content(), sheets=sheets)[1]


def finish(batch: ImportBatch) -> None:
    """The list was given back: its file is deleted with the next run of the worker, its orders stay."""
    batch.file.expires_at = timezone.now()
    batch.file.save(update_fields=["expires_at"])
