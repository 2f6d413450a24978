"""Column mapping: which column of a committee's file holds which field of a person."""

import re
from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from portal.importing.protocol import SheetMapping
from portal.spreadsheets.headers import Header, header_key, last_level
from residents.people.header_names import NAMES

# Field -> label, in the order the mapping page offers them.
FIELDS = {
    "name": "姓名",
    "former_name": "曾用名",
    "sex": "性别",
    "birth": "出生日期",
    "id_number": "身份证号码",
    "id_kind": "证件类别",
    "phone": "联系电话",
    "ethnic": "民族",
    "education": "文化程度",
    "marital": "婚姻状况",
    "employment": "从业状况",
    "workplace": "工作单位",
    "political": "政治面貌",
    "relation": "与户主关系",
    "is_head": "是否户主",
    "head_name": "户主姓名",
    "household_number": "户号",
    "household_kind": "户别",
    "estate": "小区",
    "building": "楼幢",
    "stairwell": "单元",
    "floor": "楼层",
    "room": "房号",
    "address": "现住地址",
    "registered_estate": "户籍小区",
    "registered_address": "户籍地址",
    "birthplace": "出生地",
    "usual": "是否常住",
    "separated": "人户分离",
    "away_address": "实际居住地",
    "moved_out": "是否已迁出",
    "moved_out_on": "迁出日期",
    "moved_to": "迁往地",
    "dead": "是否已死亡",
    "died_on": "死亡日期",
    "note": "备注",
}

# Names that identify a header row although no field of a person has them.
_OTHER_NAMES = (
    "序号 编号 所属网格 网格 人员类型 人员类别 是否重点人员 重点类别 健康状况 籍贯 兵役状况 何时由何地迁来 登记日期 签名 来本地日期"
    " 居住事由 居住证号 签发日期 签注到期日 房主姓名 房主电话 房屋类型 建筑面积 房屋状态 年龄 宗教信仰 血型 总层数 是否有电梯 租金"
)
_NAMES_SOMEBODY = re.compile("姓名|名字|对象|人员")
_SAYS_WHERE = re.compile("住|址|小区|房|地点|门牌")
_FIELD_OF = {header_key(name): field for field, names in NAMES.items() for name in names.split()}
_WEAK = {header_key("房屋编号"): "room"}
_OTHER = frozenset(header_key(name) for name in _OTHER_NAMES.split()) | _WEAK.keys()
_KNOWN = frozenset(_FIELD_OF) | _OTHER
_SAY_WHERE = frozenset({"estate", "building", "room", "address", "registered_address"})
_PLACE_FIELDS = frozenset({"building", "room", "address", "stairwell"})


@dataclass(frozen=True, slots=True)
class ColumnMapping(SheetMapping):
    """Which column (index from 0) holds which field of FIELDS. Columns left out are ignored.

    ``kind`` is the file kind recognised: "roster" (居民花名册), "household_sheet", "grid" (grid template),
    "hukou" (户籍登记表), "mobile" (流动人口) or "unknown".
    """

    kind: str = "unknown"

    def headers(self) -> dict[str, str]:
        """Field -> header of its column as written; the field's label when the file has no such column."""
        return FIELDS | SheetMapping.headers(self)

    @property
    def names_places(self) -> bool:
        """Whether the file can say where somebody lives; a list of allowances, say, cannot."""
        return not _SAY_WHERE.isdisjoint(self.fields)

    @property
    def unused_address(self) -> str:
        """A column that may say where people live and is not used; "" for none."""
        return self.unused(_SAYS_WHERE)

    def unused(self, pattern: re.Pattern[str]) -> str:
        """The first unmapped header that matches the pattern and is not known to mean something else; "" for none."""
        used_columns = set(self.fields.values())
        for column, key in enumerate(self.header.keys):
            if column not in used_columns and last_level(key) not in _OTHER and pattern.search(key):
                return self.header.names[column]
        return ""


def known_names() -> frozenset[str]:
    """All known header names, normalised, for headers.find_header."""
    return _KNOWN


def suggest_mapping(header: Header) -> ColumnMapping:
    """The mapping by known header names; the first column wins when a name occurs twice."""
    fields = header.columns_of(_FIELD_OF)
    if not fields.keys() & {"room", "address"}:
        # Beside an address, as in a list of rented houses, it numbers the list and names no door.
        fields |= header.columns_of(_WEAK)
    mapping = mapping_of(header, fields)
    if (
        not fields.keys() & {"name", "relation"}
        and {"head_name", "id_number"} <= fields.keys()
        and not mapping.unused(_NAMES_SOMEBODY)
    ):
        # A list of households by their heads (低保): the number beside is the head's. Where relations stand,
        # the rows are members, and where another column may name them, somebody has to say which one does.
        fields["name"] = fields.pop("head_name")
        mapping = mapping_of(header, fields)
    return mapping


def mapping_of(header: Header, fields: MappingType[str, int]) -> ColumnMapping:
    """The mapping of the chosen fields, with the kind of file they make."""
    return ColumnMapping(header, dict(fields), _kind(frozenset(fields), frozenset(header.keys + header.bare)))


def _kind(fields: frozenset[str], keys: frozenset[str]) -> str:
    """The kind of file by its columns; what fits none is unknown."""
    if keys & {"现住小区/建筑", "户籍小区/建筑", "与其他人员关系"}:
        return "grid"
    if keys & {"居住事由", "来本地日期", "居住证号"}:
        return "mobile"
    if fields & {"separated", "usual", "away_address", "registered_address"} and fields & _PLACE_FIELDS:
        return "roster"
    # 户号 alone makes no registration: committees number the households of their rosters, too.
    if "household_number" in fields and ("household_kind" in fields or not fields & _PLACE_FIELDS):
        return "hukou"
    if "registered_address" in fields:
        return "household_sheet"
    return "unknown"
