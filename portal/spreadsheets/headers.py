"""Header detection, and distinguishing data rows from titles, notes, help, totals and footers."""

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from portal.spreadsheets.cells import Cell, Sheet

# The header is in the first six rows; empty rows on top do not count.
_SEARCHED_ROWS = 6
_SEARCHED_AT_MOST = 20
_KNOWN_AT_LEAST = 3
_UPPER_NAMES_AT_LEAST = 2  # names in the upper row of a two-level header
_DEEPEST = 3

_MARKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff*★:;。]+")
_REMARK = re.compile(r"\((?:必填|选填|可选|可不填|可空|下拉|单选|多选)[^)]*\)|^\d+[.、](?=\D)")
# Text in brackets or on further lines is a hint (性别（男/女）), unless it changes the meaning of the column:
# 电话（监护人）, 住址（户籍地）.
_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*(?:[)\]】〕]|$)")
_COUNTED = re.compile(r"(?<=[^\W\d])\d$")
_ANOTHER = re.compile(
    r"户主|户籍|户口|籍贯|老家|原籍|出生地|监护|父|母|配偶|子女|家属|亲属|家长|紧急|曾用|房东|房主|业主|产权|代理|代管|单位|担保"
    r"|经办|登记人|填表人|负责人|联系人"
)
_ABOUT_IT = re.compile(r"本人|一致|相同|不同|例如|如")
_HINT_LINE = re.compile(r"一致|相同|\d|/|、|请|[填选写]|^如")
# Words of help rows under a header, as grid templates have them.
_HELP = re.compile(
    r"必填|选填|可不填|可为空|填写|请选|请填|请按|请输入|下拉|格式|例如|如:|示例|样例|说明|yyyy", re.I
)
_CHOICE = re.compile(r"^[^\d\W]{1,4}(?:/[^\d\W]{1,4})+$")
# The first cell of totals, signatures and notes below the data.
_TOTAL = re.compile(r"^(?:合计|总计|小计|共计|累计|总数|本页|本页合计|页计)(?:$|[(:\d人户])")
_FOOTER = re.compile(
    r"^(?:(?:制表|填表|审核|复核|审批|经办|填报|统计|报送|登记|单位负责|负责)(?:人|单位|日期|时间|部门)?(?:签[字名章])?(?:\(.*\))?[:：]"
    r"|(?:制表|审核|复核)人?$|(?:制表|填表|审核|填报|复核)人"
    r"|(?:注|备注|说明|附注|填表说明)[:：\d]|第\d+页|共\d+页|.{0,12}\((?:盖章|公章|签章)\)"
    r"|填报(?:单位|时间|日期))"
)
_NOTE_LENGTH = 30


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a sheet. ``first_row``–``last_row`` as the spreadsheet counts.

    ``names[i]`` is the name of column i as written without line breaks (two levels joined with a dot),
    "" for a column without one; ``keys[i]`` is the same normalised by header_key, ``bare[i]`` without hints in
    brackets, on further lines and without a digit that counts (手机号码1); "" where that leaves another meaning.
    """

    first_row: int
    last_row: int
    names: tuple[str, ...]
    keys: tuple[str, ...]
    bare: tuple[str, ...]

    def is_known(self, column: int, known_names: Collection[str]) -> bool:
        """Whether a column's name is known, with or without its hints."""
        return is_known(self.keys[column], known_names) or is_known(self.bare[column], known_names)

    def columns_of(self, field_of: Mapping[str, str]) -> dict[str, int]:
        """Map fields to columns, by field of each known name; the first of equal names.

        Full names take precedence, so that 户籍地址.门牌 does not displace 门牌, nor 联系电话（手机） 联系电话.
        """
        fields: dict[str, int] = {}
        levels = [self.keys, map(last_level, self.keys), self.bare, map(last_level, self.bare)]
        for level in levels:
            used = set(fields.values())
            for column, key in enumerate(level):
                field = field_of.get(key)
                if field and field not in fields and column not in used:
                    fields[field] = column
        return fields


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A row below the header: its number in the spreadsheet, its cells, and why it is not data.

    ``skipped`` is "" for data, else "help", "header", "total" or "note"; blank rows are left out.
    """

    number: int
    cells: list[Cell]
    skipped: str = ""


def header_key(text: str) -> str:
    """A header name without spaces, line breaks, full-width forms and marks such as * or :."""
    return _REMARK.sub("", _MARKS.sub("", unicodedata.normalize("NFKC", text)))


def key_without_hints(text: str) -> str:
    """The header_key of a header name without its hints; "" if the hints change its meaning."""
    text = unicodedata.normalize("NFKC", text)
    lines = (_BRACKETS.sub("", text).strip() or text).splitlines()
    name_lines = list(
        itertools.takewhile(lambda line: line is lines[0] or not _HINT_LINE.search(line), lines)
    )
    for hint in (*_BRACKETS.findall(text), *lines[len(name_lines) :]):
        if _ANOTHER.search(hint) and not _ABOUT_IT.search(hint):
            return ""
    return _COUNTED.sub("", header_key("".join(name_lines)))


def last_level(key: str) -> str:
    """The last level of a joined header key: ``领取金额.家庭补差`` → ``家庭补差``."""
    return key.rpartition(".")[2]


def header_words(name: str) -> str:
    """A joined header name as pages show it: ``家庭成员情况.身份证号`` → ``家庭成员情况—身份证号``."""
    return name.replace(".", "—")


def is_known(key: str, known_names: Collection[str]) -> bool:
    """Whether a header key, or its last level, is one of the known names."""
    return bool(key) and (key in known_names or last_level(key) in known_names)


def find_header(sheet: Sheet, known_names: Collection[str]) -> Header | None:
    """The header in the first of the rows 1–6 with at least three known names (normalised by header_key), or None."""
    filled_rows = 0
    for index in range(min(len(sheet.rows), _SEARCHED_AT_MOST)):
        if not any(sheet.rows[index]):
            continue
        filled_rows += 1
        if filled_rows > _SEARCHED_ROWS:
            return None
        header = header_at(sheet, index, known_names)
        names = {key: column for column, key in enumerate(header.keys)}
        if sum(header.is_known(column, known_names) for column in names.values()) >= _KNOWN_AT_LEAST:
            return header
    return None


def header_at(sheet: Sheet, top: int, known_names: Collection[str]) -> Header:
    """The header that begins in row ``top`` (from 0), as deep as its merged cells and second level go."""
    across = [m for m in sheet.merges if m.first_row == top + 1 and m.last_column > m.first_column]
    deep = [m.last_row - 1 for m in sheet.merges if m.first_row == top + 1 and m.last_row > top + 1]
    bottom = min(max(deep, default=top), top + _DEEPEST - 1, len(sheet.rows) - 1)
    if bottom == top and _is_second_level(sheet, top, known_names, bool(across)):
        bottom = top + 1
    levels = [_spread(sheet, row, bottom) for row in range(top, bottom + 1)]
    if bottom > top and not across:
        levels[0] = _spread_over_blanks(levels[0], levels[1])
    names, bare = [], []
    for column in range(len(sheet.rows[top])):
        parts = list(dict.fromkeys(level[column] for level in levels if level[column]))
        names.append(".".join(" ".join(part.split()) for part in parts))
        bare_parts = [key_without_hints(part) for part in parts]
        bare.append(".".join(bare_parts) if all(bare_parts) else "")
    keys = tuple(header_key(name) for name in names)
    return Header(top + 1, bottom + 1, tuple(names), keys, tuple(bare))


def _is_second_level(sheet: Sheet, top: int, known_names: Collection[str], grouped: bool) -> bool:
    """Whether the row below is the second level of a header, with names below group names or blanks.

    The upper row must contain known names: a title is not a group name.
    """
    if top + 1 >= len(sheet.rows):
        return False
    upper, lower = _texts(sheet.rows[top]), _texts(sheet.rows[top + 1])
    if sum(_is_name(text, known_names) for text in upper) < _UPPER_NAMES_AT_LEAST:
        return False
    keys = [header_key(text) for text in lower]
    filled = [index for index, key in enumerate(keys) if key]
    if not filled or any(not isinstance(sheet.rows[top + 1][index], str) for index in filled):
        return False
    if keys == [header_key(text) for text in upper]:
        return False
    if grouped:
        groups = [m for m in sheet.merges if m.first_row == top + 1 and m.last_column > m.first_column]
        return all(any(m.first_column <= index + 1 <= m.last_column for m in groups) for index in filled)
    stands_free = any(not upper[index] for index in filled)
    return stands_free and len(filled) >= 2 and all(_is_name(lower[index], known_names) for index in filled)


def _is_name(text: str, known_names: Collection[str]) -> bool:
    return header_key(text) in known_names or key_without_hints(text) in known_names


def _spread(sheet: Sheet, row: int, bottom: int) -> list[str]:
    """The texts of a header row with the text of a merged cell in every cell it covers."""
    texts = _texts(sheet.rows[row])
    for merge in sheet.merges:
        if merge.first_row <= row + 1 <= merge.last_row <= bottom + 1:
            text = _texts(sheet.rows[merge.first_row - 1])[merge.first_column - 1]
            for column in range(merge.first_column - 1, min(merge.last_column, len(texts))):
                texts[column] = text
    return texts


def _spread_over_blanks(upper: list[str], lower: list[str]) -> list[str]:
    """Spread group names without merged cells over the blanks to their right that have a lower name."""
    spread, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        group = above or (group if below else "")
        spread.append(group)
    return spread


def _texts(row: list[Cell]) -> list[str]:
    """The texts of a row of header cells, with line breaks."""
    return ["\n".join(_lines(cell)) if isinstance(cell, str) else "" for cell in row]


def _lines(cell: str) -> list[str]:
    return [line for line in (" ".join(line.split()) for line in cell.splitlines()) if line]


def body_rows(sheet: Sheet, header: Header) -> Iterator[BodyRow]:
    """The rows below the header; those with ``skipped`` set are for the report only."""
    titles = {
        header_key(cell)
        for row in sheet.rows[: header.first_row - 1]
        for cell in row
        if isinstance(cell, str) and cell
    }
    wide = {m.first_row for m in sheet.merges if m.last_column - m.first_column >= 3}
    header_cells = {last_level(key) for key in header.keys if key} | {
        header_key(text)
        for row in sheet.rows[header.first_row - 1 : header.last_row]
        for text in _texts(row)
        if text
    }
    data_seen = False
    for index in range(header.last_row, len(sheet.rows)):
        cells = sheet.rows[index]
        filled = [cell for cell in cells if cell != "" and not (isinstance(cell, str) and cell.isspace())]
        if not filled:
            continue
        skipped = _why_skipped(filled, header_cells, titles, index + 1 in wide)
        if not skipped and not data_seen and index < header.last_row + 3 and is_help_row(filled):
            skipped = "help"
        data_seen = data_seen or not skipped
        yield BodyRow(index + 1, cells, skipped)


def is_total_label(text: str) -> bool:
    """Whether this first cell marks a total row: 合计, 小计."""
    return bool(_TOTAL.match(header_key(text)))


def is_note_label(text: str) -> bool:
    """Whether this first cell marks a signature or note below the data: 制表人：, 注：."""
    # Footers are recognised by a colon, which header_key drops.
    return bool(_FOOTER.match("".join(unicodedata.normalize("NFKC", text).split())))


def _why_skipped(filled: list[Cell], header_cells: set[str], titles: set[str], is_wide: bool) -> str:
    first = filled[0]
    if not isinstance(first, str):
        return ""
    key = header_key(first)
    if is_total_label(first):
        return "total"
    if is_note_label(first):
        return "note"
    if key in titles and len(filled) <= 3:
        return "note"
    if len(filled) == 1 and (is_wide or len(first) > _NOTE_LENGTH):
        return "note"
    if key in header_cells and all(
        isinstance(cell, str) and header_key(cell) in header_cells for cell in filled
    ):
        return "header"
    return ""


def is_help_row(filled: list[Cell]) -> bool:
    """Whether the first row below the header is help text and not data."""
    texts = [unicodedata.normalize("NFKC", cell).strip() for cell in filled if isinstance(cell, str)]
    helping = sum(bool(_HELP.search(text) or _CHOICE.match(text)) for text in texts)
    return helping >= 2 or (helping == 1 and len(filled) <= 2)
