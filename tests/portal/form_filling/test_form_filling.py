"""Form filling: layout detection, written values, and everything else unchanged."""

import io
import random
import zipfile

import openpyxl
import pytest
from lxml import etree

from portal.form_filling import sandboxed
from portal.form_filling.fill import BlockValues, FillOrder, TooFewRows, fill, spliced
from portal.form_filling.matching import Matcher
from portal.form_filling.process import fill as fill_in_child
from portal.form_filling.process import parse_form, texts_in
from portal.form_filling.protocol import ParsedForm, request_of_words
from portal.form_filling.references import Shift, corners
from portal.spreadsheets.errors import SpreadsheetError
from residents.form_filling.fields import vocabulary, words
from tests.blank_forms import FORMS, SHEET, workbook_without_room

_SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
pytestmark = pytest.mark.filterwarnings("ignore:Data Validation extension")  # openpyxl drops it; we do not
_TABLES = [name for name in FORMS if name not in ("家庭情况登记", "户情卡")]


@pytest.fixture(scope="module")
def forms() -> dict[str, bytes]:
    return {name: form.make() for name, form in FORMS.items()}


def _layout(content: bytes):
    return ParsedForm.of_json(sandboxed.parse(content, "", **request_of_words(words()))[0]["form"]).layouts[0]


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _cells(xml: bytes) -> dict[str, tuple]:
    """Style, formula and content of every cell by reference; omitted references are counted."""
    cells = {}
    for number, row in enumerate(etree.fromstring(xml).iter(f"{_SPREADSHEET}row"), start=1):
        number = int(row.get("r", number))
        for column, cell in enumerate(row, start=1):
            place = cell.get("r") or f"{openpyxl.utils.get_column_letter(column)}{number}"
            formula = cell.findtext(f"{_SPREADSHEET}f")
            cells[place] = (cell.get("s"), formula, "".join(cell.itertext()) if formula is None else "")
    return cells


def _beside_rows(xml: bytes) -> bytes:
    """A sheet without its rows."""
    root = etree.fromstring(xml)
    data = root.find(f"{_SPREADSHEET}sheetData")
    data.clear()
    return etree.tostring(root, method="c14n")


def _people(layout, count: int) -> list[dict]:
    columns = [one.column for one in layout.columns if one.column != layout.number_column]
    return [{column: f"人{number}={column}" for column in columns} for number in range(1, count + 1)]


@pytest.mark.parametrize("name", FORMS)
def test_layout_and_proposals_of_each_form(name, forms):
    """Header, blank and prefilled rows, and the field that each column means."""
    form, layout = FORMS[name], _layout(forms[name])
    assert (layout.header, list(layout.rows), list(layout.filled)) == (form.header, form.rows, form.filled)
    matcher = Matcher(vocabulary(with_care=True))
    proposed = {one.name.replace(" ", "_"): matcher.propose(one) for one in layout.columns}
    assert {header: proposal.key for header, proposal in proposed.items()} == form.fields
    assert all(proposal.percent >= 60 for proposal in proposed.values() if proposal.key)
    assert all(proposal.reason for proposal in proposed.values())


@pytest.mark.parametrize("name", [name for name in _TABLES if FORMS[name].rows])
def test_filling_changes_nothing_but_the_filled_rows(name, forms):
    """With as many people as blank rows only their cells differ."""
    form, layout = FORMS[name], _layout(forms[name])
    content, added = fill(forms[name], FillOrder(layout.sheet, words(), rows=_people(layout, len(form.rows))))
    before, after = _parts(forms[name]), _parts(content)
    assert added == 0
    assert list(before) == list(after)
    assert {part for part in before if before[part] != after[part]} == {SHEET} | form.recomputed
    assert _beside_rows(before[SHEET]) == _beside_rows(after[SHEET])
    old, new = _cells(before[SHEET]), _cells(after[SHEET])
    letters = {one.column: openpyxl.utils.get_column_letter(one.column) for one in layout.columns}
    for number, row in enumerate(form.rows, start=1):
        for column, letter in letters.items():
            place = f"{letter}{row}"
            style, formula, text = new.pop(place)
            look, before_formula, printed = old.pop(place)
            assert (style, formula) == (look, before_formula)
            if formula is None and column == layout.number_column:
                assert text == (printed or str(number))
            elif formula is None:
                assert text == f"人{number}={column}"
    assert new == old
    assert b"<v>" not in b"".join(
        etree.tostring(cell) for cell in etree.fromstring(after[SHEET]).iter(f"{_SPREADSHEET}c")
        if cell.find(f"{_SPREADSHEET}f") is not None
    )  # fmt: skip


@pytest.mark.parametrize("name", _TABLES)
def test_rows_are_inserted_where_a_form_has_too_few(name, forms):
    """Four people more than rows: new rows copy the style of the row above, and everything below is shifted unchanged."""
    form, layout = FORMS[name], _layout(forms[name])
    count = len(form.rows) + 4
    content, added = fill(forms[name], FillOrder(layout.sheet, words(), rows=_people(layout, count)))
    assert added == 4
    before, after = _parts(forms[name]), _parts(content)
    changed = {part for part in before if before[part] != after[part]}
    assert {SHEET} <= changed <= {SHEET} | form.recomputed | form.inserted
    old, new = (openpyxl.load_workbook(io.BytesIO(one))[layout.sheet] for one in (forms[name], content))
    name_column = next(one.column for one in layout.columns if one.column != layout.number_column)
    new_rows = [
        row[0].row
        for row in new.iter_rows(min_col=name_column, max_col=name_column)
        if str(row[0].value).startswith("人")
    ]
    assert len(new_rows) == count
    last = max([*form.rows, *form.filled, layout.header[1]])
    for row in old.iter_rows():
        for cell in row:
            if cell.row in form.rows or (not cell.has_style and cell.value is None):
                continue
            moved = new.cell(cell.row + (4 if cell.row > last else 0), cell.column)
            assert moved._style == cell._style
            if not str(cell.value).startswith("="):
                assert moved.value == cell.value
    for merge in old.merged_cells.ranges:
        down = 4 if merge.min_row > last else 0
        assert f"{merge.coord}" in {str(one) for one in new.merged_cells.ranges} or down
    if form.rows:
        model = form.rows[-2] if len(form.rows) > 1 and form.rows[-2] == form.rows[-1] - 1 else form.rows[-1]
        for column in (one.column for one in layout.columns):
            assert new.cell(new_rows[-2], column)._style == old.cell(model, column)._style


def test_sums_names_and_drop_downs_include_inserted_rows(forms):
    def sheet(name: str, count: int):
        layout = _layout(forms[name])
        content, _ = fill(forms[name], FillOrder(layout.sheet, words(), rows=_people(layout, count)))
        return openpyxl.load_workbook(io.BytesIO(content)), _parts(content)

    book, _ = sheet("低保台账", 20)
    assert book.active["C25"].value == "=COUNTA(C5:C24)"
    assert book.active["H25"].value == "=SUM(H5:H24)"
    book, parts = sheet("高龄津贴申请汇总", 3)
    assert book.active["H9"].value == "=SUM(H6:H8)"
    assert b'r="B9"' in parts["xl/calcChain.xml"]
    assert b'<brk id="11"' in parts[SHEET]
    book, parts = sheet("居民花名册", 30)
    assert book.active.print_area == "'花名册'!$A$1:$T$35"
    assert book.active.print_title_rows == "$3:$3"
    assert [book.active.cell(row, 1).value for row in (4, 23, 33)] == [1, 20, 30]
    book, parts = sheet("残疾人", 9)
    rules = {str(rule.sqref): rule.formula1 for rule in book["残疾人"].data_validations.dataValidation}
    assert rules["H3:H11"] == "婚姻"
    assert "$A$13" in book.defined_names["表尾"].attr_text
    assert b"<xdr:row>12</xdr:row>" in parts["xl/drawings/drawing1.xml"]
    book, parts = sheet("学龄儿童摸底", 6)
    assert "<xm:sqref>B5:B10</xm:sqref>" in parts[SHEET].decode()
    book, parts = sheet("独居老人清单", 8)
    assert [book["清单"][place].value for place in ("A12", "E10", "B13")] == [
        "=ROW()-4", '=IF(D10="","",DATEDIF(D10,TODAY(),"y"))', "=COUNTA(B5:B12)",
    ]  # fmt: skip
    assert book["统计"]["A1"].value == "=COUNTA(清单!B5:B12)"
    assert b"<v>" not in parts["xl/worksheets/sheet2.xml"]
    assert book["清单"]["A14"].comment.text == "由社区填写"
    assert [str(one.sqref) for one in book["清单"].conditional_formatting] == ["E5:E12"]
    book, parts = sheet("退役军人信息采集", 5)
    assert book.active.tables["Table1"].ref == "A1:J6"


def test_one_block_for_each_household(forms):
    """Blocks are filled, grow by rows, and are copied when there are more households."""
    for name, count in (("家庭情况登记", 5), ("户情卡", 3)):
        layout = _layout(forms[name])
        width = layout.columns[-1].column
        households = [
            BlockValues(
                [f"{head.label}{number}" for head in layout.blocks[0].heads],
                [{2: f"人{number}-{member}", width: "x"} for member in range(number)],
            )
            for number in range(1, count + 1)
        ]
        content, _ = fill(forms[name], FillOrder(layout.sheet, words(), blocks=households))
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        texts = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
        people = [row[1] for row in texts if row[1].startswith("人")]
        assert people == [
            f"人{number}-{member}" for number in range(1, count + 1) for member in range(number)
        ]
        form = _layout(content)
        assert [len(block.rows) for block in form.blocks] == [] or len(form.blocks) <= count
        everything = "".join("".join(row) for row in texts)
        assert all(
            everything.count(f"{'户主姓名'}{number}") or f"户主姓名：户主姓名{number}" in everything
            for number in range(1, count + 1)
        )
    sheet = openpyxl.load_workbook(
        io.BytesIO(
            fill(
                forms["家庭情况登记"],
                FillOrder("登记表", words(), blocks=[BlockValues([None] * 3, [{1: "x"}])] * 5),
            )[0]
        )
    ).active
    assert "B27:F27" in {str(one) for one in sheet.merged_cells.ranges}
    assert "C29:C30" in str(sheet.data_validations.dataValidation[-1].sqref)
    assert sheet["A32"].value.startswith("填表人")


def test_filled_file_is_a_valid_package(forms):
    """Every part of a filled file is well-formed and has a content type; every relationship has a target."""
    for name in _TABLES:
        layout = _layout(forms[name])
        parts = _parts(fill(forms[name], FillOrder(layout.sheet, words(), rows=_people(layout, 40)))[0])
        types = etree.fromstring(parts["[Content_Types].xml"])
        typed_parts = {one.get("PartName", "").lstrip("/") for one in types} | {
            part for part in parts for one in types if part.endswith(f".{one.get('Extension')}")
        }
        assert set(parts) - {"[Content_Types].xml"} <= typed_parts
        rows = [int(row.get("r")) for row in etree.fromstring(parts[SHEET]).iter(f"{_SPREADSHEET}row")]
        assert rows == sorted(set(rows))
        formulas = {
            c.get("r")
            for c in etree.fromstring(parts[SHEET]).iter(f"{_SPREADSHEET}c")
            if len(c.findall(f"{_SPREADSHEET}f"))
        }
        if "xl/calcChain.xml" in parts:
            assert {one.get("r") for one in etree.fromstring(parts["xl/calcChain.xml"])} <= formulas


def test_blanks_outside_the_table_keep_their_style(forms):
    name = "高龄津贴申请汇总"
    layout = _layout(forms[name])
    blanks_by_label = {blank.label: blank for blank in layout.blanks}
    values = {blanks_by_label["填报单位"].key: "括苍社区", blanks_by_label["填报日期"].key: "2026年11月26日"}
    parts = _parts(fill(forms[name], FillOrder(layout.sheet, words(), blanks=values))[0])
    cell = next(c for c in etree.fromstring(parts[SHEET]).iter(f"{_SPREADSHEET}c") if c.get("r") == "A2")
    runs = cell.findall(f".//{_SPREADSHEET}r")
    assert [run.findtext(f"{_SPREADSHEET}t") for run in runs] == ["填报单位：", "括苍社区"]
    assert runs[1].find(f"{_SPREADSHEET}rPr/{_SPREADSHEET}u") is not None
    assert "填报日期：2026年11月26日" in parts[SHEET].decode()


@pytest.mark.parametrize(
    ("runs", "start", "end", "value", "result"),
    [
        (["单位：____  时间："], 3, 7, "社区", ["单位：社区  时间："]),
        (["单位：", "      ", "时间："], 3, 9, "社区", ["单位：", "社区  ", "时间："]),
        (["单位：      时间："], 3, 9, "括苍社区", ["单位：括苍社区  时间："]),
        (["时间："], 3, 3, "今天", ["时间：今天"]),
        (["共__", "__人"], 1, 5, "8", ["共8", "人"]),
    ],
)
def test_value_is_spliced_into_a_gap(runs, start, end, value, result):
    assert spliced(runs, start, end, value) == result


def test_array_formulas_prevent_insertion_with_a_message(forms):
    content = workbook_without_room()
    layout = _layout(content)
    with pytest.raises(TooFewRows, match="只有 2 行空行，要填 3 人；表中有数组公式"):
        fill(content, FillOrder(layout.sheet, words(), rows=_people(layout, 3)))


def test_child_process_reads_fills_and_refuses(forms):
    content = forms["两癌筛查"]
    form = parse_form(content, words())
    assert texts_in(content, words(), form.layouts[0].sheet)[4][2] == "李梅"
    filled, added = fill_in_child(content, FillOrder(form.layouts[0].sheet, words(), rows=[{2: "张三"}]))
    assert added == 0
    assert openpyxl.load_workbook(io.BytesIO(filled)).active["B7"].value == "张三"
    for bad, sentence in ((b"a,b,c\n1,2,3\n", "只能用 .xlsx"), (_without_table(), "没有找到表头")):
        with pytest.raises(SpreadsheetError, match=sentence):
            parse_form(bad, words())


def _without_table() -> bytes:
    stream, book = io.BytesIO(), openpyxl.Workbook()
    book.active["A1"] = "说明"
    book.save(stream)
    return stream.getvalue()


def test_references_shift_with_their_cells():
    """Random shifts of random areas, compared with moving the cells one by one."""
    draw = random.Random(5)
    for _ in range(300):
        points = tuple(
            sorted({draw.randint(2, 30): draw.randint(1, 9) for _ in range(draw.randint(1, 4))}.items())
        )
        shift = Shift(points)
        first, last = sorted((draw.randint(1, 32), draw.randint(1, 32)))
        moved = {row + sum(count for at, count in points if at <= row) for row in range(first, last + 1)}
        inside = set(range(min(moved), max(moved) + 1))
        area = shift.area(f"B{first}:D{last}")
        top, left, bottom, right = corners(area)
        assert (left, right) == (2, 4)
        assert set(range(top, bottom + 1)) == inside >= moved
        text = f'=SUM($B${first}:D{last})+LOG10(A{first})&"B{first}"&别表!A{first}&A1B{first}'
        where = shift.row(first), shift.row(last)
        assert shift.formula(text, True, "本表") == (
            f'=SUM($B${where[0]}:D{where[1]})+LOG10(A{where[0]})&"B{first}"&别表!A{first}&A1B{first}'
        )
        assert shift.formula(text, False, "别表") == (
            f'=SUM($B${first}:D{last})+LOG10(A{first})&"B{first}"&别表!A{where[0]}&A1B{first}'
        )
