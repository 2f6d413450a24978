"""Header names met in committees' files and the fields they stand for."""

import re
from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from portal.spreadsheets.headers import Header, header_key, leaf

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

# Names as header_key gives them; the first name of each is what this portal writes itself.
_NAMES = {
    "name": "姓名 居民姓名 人员姓名 成员姓名 家庭成员 家庭成员姓名 名字 业主姓名 业主名称 承租人 承租人姓名 租客姓名",
    "former_name": "曾用名 别名 又名",
    "sex": "性别",
    "birth": "出生日期 出生年月 出生年月日 生日 出生时间 出生",
    "id_number": (
        "身份证号码 身份证号 身份证 公民身份号码 公民身份证号码 公民身份证号 居民身份证号码 居民身份证号 证件号码 证件号 身份证件号码"
        " 身份证件号 身份证编号 身份号码 承租人身份证 承租人身份证号 承租人身份证号码 租客身份证 居民身份证 居民身份号码 二代身份证号 二代身份证号码 公民身份证"
    ),
    "id_kind": "证件类别 证件类型 证件种类 证件名称 身份证件类型",
    "phone": (
        "联系电话 电话 手机 手机号 手机号码 联系方式 电话号码 联系手机 移动电话 本人电话 联系号码 电话/手机 联系人电话 固定电话 家庭电话"
        " 承租人电话 承租人联系电话 租客电话 手机电话 联系电话号码 本人联系电话 本人手机 本人手机号 本人手机号码 本人联系方式"
    ),
    "ethnic": "民族 民族成份 民族成分",
    "education": "文化程度 学历 受教育程度 教育程度 最高学历",
    "marital": "婚姻状况 婚姻 婚姻情况 婚否 婚姻状态",
    "employment": "从业状况 工作学习情况 就业状况 就业情况 职业 职业状况 从业情况",
    "workplace": "工作单位 服务处所 工作单位及职务 单位 从业单位 工作单位/学校 从业单位/职业 单位名称 就业单位",
    "political": "政治面貌 政治面目 党派",
    "relation": "与户主关系 与户主的关系 与其他人员关系 户主关系 关系 与业主关系 家庭关系 与房主关系 与本人关系 称谓",
    "is_head": "是否户主 是否为户主",
    "head_name": "户主姓名 户主 户主名 户主名称",
    "household_number": "户号 户编号 家庭编号 户籍编号 户编码 户口簿号 户口本号 户口号 家庭户号",
    "household_kind": "户别 户口类别 户类型 户口性质 户籍类别",
    "estate": "小区 现住小区/建筑 现住小区 小区名称 居住小区 楼盘 所在小区 现住小区建筑 小区/建筑",
    "building": "楼幢 楼栋 楼号 栋号 幢号 楼栋号 楼幢号 幢 栋 号楼 座号 楼 楼座 所在楼栋 楼宇 楼房号",
    "stairwell": "单元 单元号 梯号 梯 门栋 楼道 所在单元 门洞",
    "floor": "楼层 层 所在楼层",
    "room": "房号 房间 室号 房间号 门牌 门牌号 室 户室 房屋号 房室号 门号 户室号 房门号 单元房号 楼栋房号 门牌号码",
    "address": (
        "现住地址 门牌地址 居住地址 住址 地址 家庭住址 家庭地址 现住址 现居住地址 现居住地 详细地址 居住地 住所 房屋地址 居住详细地址"
        " 住房地址 常住地址 现居地址 现家庭住址 居住地门牌 现居住详细地址 楼栋单元房号 房屋坐落 居住处所 住处"
    ),
    "registered_estate": "户籍小区 户籍小区/建筑 户籍小区建筑",
    "registered_address": (
        "户籍地址 户籍住址 户籍所在地 户口所在地 户籍地 户口地址 户籍地详址 户籍详细地址 户口所在地址 户籍所在地址 户籍地详细地址"
    ),
    "birthplace": "出生地",
    "usual": "是否常住 常住 是否常住人口 是否居住 是否在住 是否实住 是否本地居住",
    "separated": "人户分离 是否人户分离 人户是否分离 人户分离情况",
    "away_address": "实际居住地 实际居住地址 现实际居住地 人户分离去向 外住地址 实际住址",
    "moved_out": "是否已迁出 已迁出 是否迁出",
    "moved_out_on": "迁出日期 迁出时间",
    "moved_to": "迁往地 迁往地址 迁往何处 何时迁往何地",
    "dead": "是否已死亡 已死亡 是否死亡 是否去世",
    "died_on": "死亡日期 死亡时间 去世日期 去世时间",
    "note": "备注 说明 其他情况 备注说明",
}
# Whom a list is about, by the word before 姓名: 救助对象姓名. Beside them stand others, whose names are no person's here.
_SUBJECTS = (
    "救助对象 救助人 被救助人 受助人 受益人 保障对象 补贴对象 享受对象 优抚对象 服务对象 走访对象 慰问对象 参保人 参保人员 参合人 投保人 学生 儿童"
    " 老人 老年人 残疾人 诉求人 申请人 申请对象 借款人 患者 党员 会员 志愿者 就业人员 失业人员 退休人员 受检人 被调查人 本人 当事人 住户 租户 被保险人"
).split()
_NAMES["name"] += (
    "".join(f" {subject}姓名" for subject in _SUBJECTS) + " 救助对象 受益人 参保人 被调查人 受检人 诉求人"
)
_NAMES["address"] += (
    " 现住地详址 现住地 现住地详细地址 现住地址详址 现房住址 现住房地址 住址(细化到镇村组) 现住地址(细化到镇村组) 现住所 现住详址 实住地址 居住地详址"
)
# Names that count when a header is looked for, though no field of a person takes them.
_OTHER_NAMES = (
    "序号 编号 所属网格 网格 人员类型 人员类别 是否重点人员 重点类别 健康状况 籍贯 兵役状况 何时由何地迁来 登记日期 签名 来本地日期"
    " 居住事由 居住证号 签发日期 签注到期日 房主姓名 房主电话 房屋类型 建筑面积 房屋状态 年龄 宗教信仰 血型 总层数 是否有电梯 租金"
)
_NAMES_SOMEBODY = re.compile("姓名|名字|对象|人员")
_SAYS_WHERE = re.compile("住|址|小区|房|地点|门牌")
_FIELD_OF = {header_key(name): field for field, names in _NAMES.items() for name in names.split()}
_WEAK = {header_key("房屋编号"): "room"}
_OTHER = frozenset(header_key(name) for name in _OTHER_NAMES.split()) | _WEAK.keys()
_KNOWN = frozenset(_FIELD_OF) | _OTHER
_SAY_WHERE = frozenset({"estate", "building", "room", "address", "registered_address"})
_PLACE_FIELDS = frozenset({"building", "room", "address", "stairwell"})


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column (index from 0) holds which field of FIELDS. Columns left out are ignored.

    ``kind`` is the file kind recognised: "roster" (居民花名册), "household_sheet", "grid" (grid template),
    "hukou" (户籍登记表), "mobile" (流动人口) or "unknown".
    """

    header: Header
    fields: MappingType[str, int]
    kind: str = "unknown"

    @property
    def names_places(self) -> bool:
        """Whether the file can say where somebody lives; a list of allowances, say, cannot."""
        return not _SAY_WHERE.isdisjoint(self.fields)

    @property
    def unused_address(self) -> str:
        """A column that may say where people live and is not used; "" for none."""
        return self.unused(_SAYS_WHERE)

    def unused(self, pattern: re.Pattern[str]) -> str:
        """The first header of this kind that no field takes and that is not known to be of something else."""
        taken = set(self.fields.values())
        for column, key in enumerate(self.header.keys):
            if column not in taken and leaf(key) not in _OTHER and pattern.search(key):
                return self.header.names[column]
        return ""

    def column_name(self, field: str) -> str:
        """The header of a field's column as written; the field's label when the file has no such column."""
        if field in self.fields:
            return self.header.names[self.fields[field]]
        return FIELDS[field]


def known_names() -> frozenset[str]:
    """All known header names, normalised, for headers.find_header."""
    return _KNOWN


def names_of(field: str) -> tuple[str, ...]:
    """The header names that mean a field, the first one its own."""
    return tuple(_NAMES[field].split())


def suggest_mapping(header: Header) -> Mapping:
    """The mapping the known names give; the first column wins when a name stands twice."""
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


def mapping_of(header: Header, fields: MappingType[str, int]) -> Mapping:
    """A mapping a person has chosen, with the kind of file its fields make."""
    return Mapping(header, dict(fields), _kind(frozenset(fields), frozenset(header.keys + header.bare)))


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
