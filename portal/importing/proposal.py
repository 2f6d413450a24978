"""Proposed column mapping of a file: its sheets, headers and the fields of the columns, for a person to correct.

Sheets with the same header share one layout, so that a file of sixty buildings is mapped once. A proposal is
plain JSON (`ImportBatch.mapping`):

    {"layouts": [{"headers": [...], "samples": [[...], ...], "fields": {"name": 2, ...}, "sheets": ["3幢", ...]}],
     "used": ["3幢", ...], "hidden": [...], "headless": [...], "marks": ["删除线"], "kind": "xlsx", "choice": "",
     "choice_says": "..."}

A sheet without a required column (汇总表 beside 花名册) is listed unticked, like a hidden one.
"""

from collections.abc import Collection, Sequence

from portal.importing.account import HIDDEN, NO_HEADER, NOT_TICKED, SheetAccount
from portal.importing.masking import mask_value
from portal.importing.pipeline import Importer
from portal.importing.protocol import SheetMapping
from portal.spreadsheets.cells import Sheet, Workbook
from portal.spreadsheets.errors import SpreadsheetError
from portal.spreadsheets.findings import WARNING, Finding
from portal.spreadsheets.headers import Header, body_rows, find_header
from portal.spreadsheets.values import cell_text

_SAMPLES = 3
_SAMPLE_LENGTH = 24


class NoHeader(SpreadsheetError):
    """No sheet has a header row with known names."""

    code = "no_header"


class NotMapped(SpreadsheetError):
    """A required field has no column."""

    code = "not_mapped"


def propose(workbook: Workbook, importer: Importer) -> dict:
    """The proposed mapping of a file. Raises NoHeader."""
    known_names = importer.known_names()
    layouts: dict[tuple[str, ...], dict] = {}
    mappings: dict[tuple[str, ...], SheetMapping] = {}
    headless = []
    for sheet in workbook.sheets:
        header = find_header(sheet, known_names)
        if header is None:
            if any(any(row) for row in sheet.rows):
                headless.append(sheet.name)
            continue
        layout = layouts.get(header.keys)
        if layout is None:
            mappings[header.keys] = importer.suggest(header)
            secret = {
                mappings[header.keys].fields.get(field.name) for field in importer.fields if field.secret
            }
            layout = layouts[header.keys] = {
                "headers": list(header.names),
                "samples": _samples(sheet, header, secret),
                "fields": dict(mappings[header.keys].fields),
                "sheets": [],
            }
        layout["sheets"].append(sheet.name)
    if not layouts:
        names = "、".join(field.label for field in importer.fields[:4])
        raise NoHeader(
            f"{_sheet_names(headless)}没有找到表头：前六行里应有一行至少写着三个认识的列名（如 {names}）。"
            "请补上表头后再上传"
        )
    proposal = {
        "layouts": list(layouts.values()),
        "hidden": [sheet.name for sheet in workbook.sheets if sheet.hidden],
        "headless": headless,
        "marks": list(workbook.marks),
        "kind": workbook.kind,
        "choice": "",
    }
    used = default_sheets(proposal, importer)
    read = [mappings[header] for header, layout in layouts.items() if set(used) & set(layout["sheets"])]
    return proposal | {"used": used, "choice_says": importer.default_choice(read)}


def default_sheets(proposal: dict, importer: Importer) -> list[str]:
    """The sheets to read by default: visible ones with every required column.

    If there are none, the closest ones, for a person to map their columns.
    """
    layouts = proposal["layouts"]
    with_header = [name for layout in layouts for name in layout["sheets"]]
    complete = [
        name for layout in layouts if not missing_fields(layout, importer) for name in layout["sheets"]
    ]
    visible = [name for name in with_header if name not in proposal["hidden"]]
    return [name for name in complete if name in visible] or complete or visible or with_header


def missing_fields(layout: dict, importer: Importer) -> list[str]:
    """Labels of the required fields that a layout has no column for."""
    return [field.label for field in importer.fields if field.required and field.name not in layout["fields"]]


def reason_not_read(name: str, proposal: dict, importer: Importer) -> str:
    """Reason why a sheet is not read; "" if it is."""
    layout = next((layout for layout in proposal["layouts"] if name in layout["sheets"]), None)
    if name in proposal["used"]:
        return ""
    if layout is None:
        return NO_HEADER if name in proposal["headless"] else "空表"
    if missing := missing_fields(layout, importer):
        return f"没有“{'”“'.join(missing)}”栏"
    return HIDDEN if name in proposal["hidden"] else NOT_TICKED


def _sheet_names(names: Sequence[str]) -> str:
    return f"工作表“{'”“'.join(names)}”" if names else "文件里"


def _samples(sheet: Sheet, header: Header, secret: Collection[int | None]) -> list[list[str]]:
    """Sample values of each column, with ID numbers masked."""
    samples: list[list[str]] = [[] for _ in header.names]
    for number, row in enumerate(body_rows(sheet, header)):
        if number > 20:
            break
        if row.skipped:
            continue
        for column, cell in enumerate(row.cells):
            text = mask_value(cell_text(cell), is_secret=column in secret)[:_SAMPLE_LENGTH]
            if text and len(samples[column]) < _SAMPLES and text not in samples[column]:
                samples[column].append(text)
    return samples


def chosen_sheets(
    workbook: Workbook, proposal: dict, importer: Importer
) -> tuple[list[tuple[Sheet, SheetMapping]], list[Finding]]:
    """The sheets to read with their chosen mappings, and warnings about marks. Raises NotMapped."""
    used = set(proposal["used"])
    for layout in proposal["layouts"]:
        names = [name for name in layout["sheets"] if name in used]
        if names and (missing := missing_fields(layout, importer)):
            raise NotMapped(
                f"{_sheet_names(names)}没有找到“{'”“'.join(missing)}”栏，无法读取。"
                "请在表头中写明这一栏，或在网页上指定是哪一栏"
            )
    known_names = importer.known_names()
    layouts = {name: layout for layout in proposal["layouts"] for name in layout["sheets"]}
    parts = []
    for sheet in workbook.sheets:
        if sheet.name not in proposal["used"] or sheet.name not in layouts:
            continue
        header = find_header(sheet, known_names)
        fields = {key: int(column) for key, column in layouts[sheet.name]["fields"].items()}
        parts.append((sheet, importer.mapping(header, fields)))
    return parts, _mark_warnings(workbook, parts)


def sheet_accounts(
    workbook: Workbook, proposal: dict, parts: Sequence[tuple[Sheet, SheetMapping]], importer: Importer
) -> list[SheetAccount]:
    """Row accounting of each sheet of the file, read or not."""
    mappings = {sheet.name: mapping for sheet, mapping in parts}
    labels = {field.name: field.label for field in importer.fields}
    return [
        SheetAccount(sheet, mappings.get(sheet.name), labels, reason_not_read(sheet.name, proposal, importer))
        for sheet in workbook.sheets
    ]


def _mark_warnings(workbook: Workbook, parts: list[tuple[Sheet, SheetMapping]]) -> list[Finding]:
    """Warning that this file uses strikethrough or colours, which are ignored."""
    if not (workbook.marks and parts):
        return []
    sheet, mapping = parts[0]
    words = "和".join(workbook.marks)
    message = f"文件里用了{words}，不会被识别；用来表示迁出、死亡等的，请先在表中用文字写明，再导入"
    return [Finding(sheet.name, mapping.header.last_row, "", "", message, WARNING)]


MARKS_NOTICE = "单元格的颜色和删除线不会被识别；用颜色或删除线表示迁出、死亡的，请在表中写明。"
"""Notice in every import report, on the page and in the shell."""


def changed_mapping(proposal: dict, data, importer: Importer) -> tuple[dict, Sequence[str]]:
    """The proposal updated from the mapping form, and error messages.

    Form fields: `sheet` (names of the used sheets), `choice`, and `layout<i>-column<j>` with a field key or "".
    """
    keys = {field.name: field.label for field in importer.fields}
    layouts, problems = [], []
    for number, layout in enumerate(proposal["layouts"]):
        fields: dict[str, int] = {}
        for column, header in enumerate(layout["headers"]):
            key = data.get(f"layout{number}-column{column}", "")
            if key not in keys:
                continue
            if key in fields:
                problems.append(
                    f"{_sheet_names(layout['sheets'])}：“{keys[key]}”选了两栏"
                    f"（{layout['headers'][fields[key]]}、{header}），请只留一栏"
                )
            fields.setdefault(key, column)
        layouts.append({**layout, "fields": fields})
    known_sheets = [name for layout in layouts for name in layout["sheets"]]
    used = [name for name in known_sheets if name in data.getlist("sheet")]
    choice = data.get("choice", "")
    if choice not in {value for value, _ in importer.choices}:
        choice = ""
    changed = {**proposal, "layouts": layouts, "used": used, "choice": choice}
    if not used:
        problems.append("请至少勾选一张工作表")
    for layout in layouts:
        names = [name for name in layout["sheets"] if name in used]
        missing = missing_fields(layout, importer) if names else []
        problems += [
            f"{_sheet_names(names)}：请指定哪一栏是“{label}”，或不勾选这张工作表" for label in missing
        ]
    return changed, problems
