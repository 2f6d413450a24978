"""Blank forms as other offices send them, modelled on the header rows of real ones, with the expected layout of each."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

import openpyxl
import xlsxwriter

from tests.workbooks import ROSTER, resident_id

SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True)
class BlankForm:
    """A form: how it is made, the header row, the blank rows, and the fields that its columns mean ("" for none).

    inserted: parts beside the sheet that change when rows are put in; recomputed: those that change with any
    filling, since formulas are to be worked out anew.
    """

    make: Callable[[], bytes]
    header: tuple[int, int]
    rows: list[int]
    fields: dict[str, str]
    inserted: frozenset[str] = frozenset()
    recomputed: frozenset[str] = frozenset()
    filled: list[int] = field(default_factory=list)


FORMS: dict[str, BlankForm] = {}


def form(name: str, header: tuple[int, int], rows, fields: str, **values):
    """Decorator: keep the form of a builder. `fields`: `header=field` with spaces between."""
    pairs = dict(pair.partition("=")[::2] for pair in fields.split())

    def keep(make):
        FORMS[name] = BlankForm(make, header, list(rows), pairs, **values)
        return make

    return keep


class _Book:
    """A sheet of a form, drawn with a few words."""

    def __init__(self, title: str = "Sheet1", **options):
        self.stream = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.stream, options)
        self.sheet = self.book.add_worksheet(title)
        self.line = self.book.add_format({"border": 1})
        self.head = self.book.add_format({"border": 1, "bold": True, "text_wrap": True})
        self.big = self.book.add_format({"bold": True, "font_size": 18, "align": "center"})

    def headers(self, row: int, names: str) -> None:
        for column, name in enumerate(names.split("|")):
            if name:
                self.sheet.write(row - 1, column, name, self.head)

    def blank(self, rows, width: int, look=None, number: bool = False) -> None:
        for row in rows:
            for column in range(width):
                self.sheet.write_blank(row - 1, column, None, look or self.line)
            if number:
                self.sheet.write_number(row - 1, 0, row - rows[0] + 1, self.line)

    def done(self) -> bytes:
        self.book.close()
        # Excel does not ask for it in files that it has saved itself.
        return _changed(
            self.stream.getvalue(), "xl/workbook.xml", lambda xml: xml.replace(' fullCalcOnLoad="1"', "")
        )


@form(
    "居民花名册", (3, 3), range(4, 24),
    "序号= 楼栋=building 单元=stairwell 房号=room 户主姓名=head_name 与户主关系=relation 姓名=name 性别=sex 民族=ethnic"
    " 出生年月=birth 身份证号码=id_number 政治面貌=political 文化程度=education 婚姻状况=marital 工作单位=workplace 联系电话=phone"
    " 户籍地址=registered_address 是否常住=usual 人户分离=separated 备注=",
    inserted=frozenset({"xl/workbook.xml"}),
)  # fmt: skip
def roster() -> bytes:
    """Numbered rows, print titles and area, a note above, signatures below."""
    form = _Book("花名册")
    form.sheet.merge_range(0, 0, 0, 19, "居民花名册", form.big)
    form.sheet.merge_range(1, 0, 1, 19, "填报单位（盖章）：____________      填报时间：    年  月  日")
    form.headers(3, "|".join(ROSTER))
    form.blank(range(4, 24), 20, number=True)
    form.sheet.merge_range(24, 0, 24, 19, "填表人：            审核人：            ")
    form.sheet.set_column(10, 10, 22)
    form.sheet.set_landscape()
    form.sheet.repeat_rows(2)
    form.sheet.print_area(0, 0, 24, 19)
    form.sheet.freeze_panes(3, 0)
    return form.done()


@form(
    "户籍登记表", (1, 1), [],
    "户号=household_number 户别=household_kind 户主=head_name 与户主关系=relation 姓名=name 曾用名=former_name 性别=sex 民族=ethnic"
    " 籍贯= 出生地= 出生日期=birth 公民身份号码=id_number 文化程度=education 婚姻状况=marital 兵役状况= 服务处所=workplace 职业=employment"
    " 何时由何地迁来= 户籍住址=registered_address 登记日期=today",
)  # fmt: skip
def hukou() -> bytes:
    """A header and nothing else, made by openpyxl; the column of birth dates has a date format."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(FORMS["户籍登记表"].fields))
    sheet.column_dimensions["K"].number_format = 'yyyy"年"m"月"d"日"'
    sheet.column_dimensions["K"].width = 18
    return _saved(book)


@form(
    "流动人口", (2, 2), range(3, 9),
    "序号= 姓名=name 性别=sex 民族=ethnic 出生日期=birth 身份证号码=id_number 户籍地址=registered_address 现住地址=address 房主姓名=owner_name"
    " 房主电话= 来本地日期=since 居住事由= 联系电话=phone 居住证号= 婚育情况= 登记日期=today",
)  # fmt: skip
def mobile() -> bytes:
    """Drop-downs written out in the rule, one of them with numbers before the words."""
    form = _Book("流动人口")
    form.sheet.write(0, 0, "流动人口登记表", form.big)
    form.headers(
        2,
        "序号|姓名|性别|民族|出生日期|身份证号码|户籍地址|现住地址|房主姓名|房主电话|来本地日期|居住事由|联系电话|居住证号|婚育情况|登记日期",
    )
    form.blank(range(3, 9), 16)
    form.sheet.data_validation("C3:C8", {"validate": "list", "source": ["1-男", "2-女"]})
    form.sheet.data_validation("D3:D8", {"validate": "list", "source": ["01 汉族", "02 蒙古族", "03 回族"]})
    return form.done()


@form(
    "低保台账", (3, 4), range(5, 9),
    "序号= 户主姓名=head_name 身份证号码=id_number 低保证号= 保障人数.小计= 保障人数.分解:_重点保障人数= 领取金额.小计= 领取金额.分解:_家庭补差= 领款人签字(章)= 领款时间=",
    recomputed=frozenset({"xl/workbook.xml"}),
)  # fmt: skip
def low_income() -> bytes:
    """A header of two levels with merged groups, a totals row with sums and a count."""
    form = _Book("低保")
    form.sheet.merge_range("A1:J1", "城市居民最低生活保障金发放台账", form.big)
    form.sheet.write("A2", "填报单位：")
    for area, name in (("A3:A4", "序号"), ("B3:B4", "户主姓名"), ("C3:C4", "身份证号码"), ("D3:D4", "低保证号"),
                       ("E3:F3", "保障人数"), ("G3:H3", "领取金额"), ("I3:I4", "领款人签字(章)"), ("J3:J4", "领款时间")):  # fmt: skip
        form.sheet.merge_range(area, name, form.head)
    for place, name in (
        ("E4", "小计"),
        ("F4", "分解: 重点保障人数"),
        ("G4", "小计"),
        ("H4", "分解: 家庭补差"),
    ):
        form.sheet.write(place, name, form.head)
    form.blank(range(5, 9), 10)
    form.sheet.merge_range("A9:B9", "合计", form.head)
    form.sheet.write_formula("C9", "=COUNTA(C5:C8)", form.line, 0)
    for letter in "EFGH":
        form.sheet.write_formula(f"{letter}9", f"=SUM({letter}5:{letter}8)", form.line, 0)
    form.sheet.merge_range("A10:J10", "审核人：               制表人：               ")
    return form.done()


@form(
    "残疾人", (2, 2), range(3, 8),
    "姓名=name 性别=sex 身份证=id_number 残疾证号= 残疾类别=disability_kind 残疾等级=disability_grade 监护人= 婚姻状况=marital 住址=address 两项补贴=",
    inserted=frozenset({"xl/drawings/drawing1.xml", "xl/workbook.xml"}),
)  # fmt: skip
def disabled() -> bytes:
    """Drop-downs from a hidden sheet, one by a defined name; a shape below the table."""
    form = _Book("残疾人")
    form.sheet.write(0, 0, "残疾人基本状况调查表", form.big)
    form.headers(2, "姓名|性别|身份证|残疾证号|残疾类别|残疾等级|监护人|婚姻状况|住址|两项补贴")
    form.blank(range(3, 8), 10)
    lists = form.book.add_worksheet("字典")
    lists.write_column(0, 0, ["男性", "女性"])
    lists.write_column(0, 1, ["未婚", "有配偶", "丧偶", "离婚"])
    lists.write_column(0, 2, ["视力", "听力", "言语", "肢体", "智力", "精神", "多重"])
    lists.hide()
    form.book.define_name("婚姻", "=字典!$B$1:$B$4")
    form.book.define_name("表尾", "=残疾人!$A$9")
    form.sheet.data_validation("B3:B7", {"validate": "list", "source": "=字典!$A$1:$A$2"})
    form.sheet.data_validation("H3:H7", {"validate": "list", "source": "=婚姻"})
    form.sheet.data_validation("E3:E7", {"validate": "list", "source": "=字典!$C$1:$C$7"})
    form.sheet.insert_textbox("C9", "此处加盖公章")
    form.sheet.write("A9", "说明：残疾类别请从下拉框中选择。")
    return form.done()


# Unlike anything that is imported


@form(
    "高龄津贴申请汇总", (4, 5), [6],
    "序号= 基本信息.老人姓名=name 基本信息.性别=sex 基本信息.出生年月日=birth 基本信息.公民身份号码=id_number 基本信息.实足年龄=age 联系电话=phone"
    " 发放信息.津贴标准（元/月）=allowance 发放信息.银行账号= 居住地址（详细到门牌号）=address",
    inserted=frozenset({"xl/drawings/drawing1.xml", "xl/workbook.xml", "xl/calcChain.xml"}),
    recomputed=frozenset({"xl/workbook.xml"}),
)  # fmt: skip
def old_age_allowance() -> bytes:
    """One blank row above sums of it; a title with runs of its own look, a shape, page breaks, an order of formulas."""
    form = _Book("汇总表")
    red = form.book.add_format({"font_color": "red"})
    form.sheet.merge_range("A1:J1", "", form.big)
    form.sheet.write_rich_string(
        "A1", form.book.add_format({"bold": True}), "高龄津贴申请汇总表", red, "（样表）", form.big
    )
    form.sheet.write_rich_string("A2", "填报单位：", form.book.add_format({"underline": 1}), "            ")
    form.sheet.write("H2", "填报日期：")
    form.sheet.merge_range("A4:A5", "序号", form.head)
    form.sheet.merge_range("B4:F4", "基本信息", form.head)
    form.sheet.merge_range("G4:G5", "联系电话", form.head)
    form.sheet.merge_range("H4:I4", "发放信息", form.head)
    form.sheet.merge_range("J4:J5", "居住地址（详细到门牌号）", form.head)
    form.headers(5, "|老人姓名|性别|出生年月日|公民身份号码|实足年龄||津贴标准（元/月）|银行账号")
    form.blank([6], 10)
    form.sheet.write_blank("D6", None, form.book.add_format({"border": 1, "num_format": "yyyy/m/d"}))
    form.sheet.write_blank("E6", None, form.book.add_format({"border": 1, "num_format": "@"}))
    form.sheet.write("A7", "合计", form.head)
    form.sheet.write_formula("B7", "=COUNTA(B6:B6)", form.line, 0)
    form.sheet.write_formula("H7", "=SUM(H6:H6)", form.line, 0)
    form.sheet.write("A8", "社区负责人（签字）：          经办人：          ")
    form.sheet.insert_textbox("C10", "街道审核意见")
    form.sheet.set_h_pagebreaks([9])
    content = form.done()
    return _with_part(
        content,
        "xl/calcChain.xml",
        '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="B7" i="1"/><c r="H7"/></calcChain>',
        "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml",
        "calcChain",
    )


@form(
    "学龄儿童摸底", (2, 3), range(5, 9),
    "儿童基本情况.姓名=name 儿童基本情况.性别=sex 儿童基本情况.出生年月=birth 儿童基本情况.身份证件号=id_number 监护人.姓名= 监护人.联系电话="
    " 户籍所在地=registered_address 现居住详细地址=address 是否本地户籍=registered 拟就读学校=",
)  # fmt: skip
def school_age() -> bytes:
    """Drop-downs of the extended kind, to another sheet; a row of help under the header says how dates are written."""
    form = _Book("摸底表")
    form.sheet.merge_range("A1:J1", "2027年秋季学龄儿童摸底登记表", form.big)
    form.sheet.merge_range("A2:D2", "儿童基本情况", form.head)
    form.sheet.merge_range("E2:F2", "监护人", form.head)
    for place, name in zip(
        "GHIJ", ("户籍所在地", "现居住详细地址", "是否本地户籍", "拟就读学校"), strict=True
    ):
        form.sheet.merge_range(f"{place}2:{place}3", name, form.head)
    form.headers(3, "姓名|性别|出生年月|身份证件号|姓名|联系电话")
    form.headers(4, "填写户口簿上的姓名|请选择|格式如2020.05|18位|请填写|请填写||详细到门牌号|请选择|")
    form.blank(range(5, 9), 10)
    lists = form.book.add_worksheet("选项")
    lists.write_column(0, 0, ["男", "女"])
    lists.write_column(0, 1, ["是（本地）", "否（外地）"])
    return _with_extended_lists(form.done(), {"B5:B8": "选项!$A$1:$A$2", "I5:I8": "选项!$B$1:$B$2"})


@form(
    "两癌筛查", (3, 3), range(7, 9),
    "序号= 妇女姓名=name 身份证件号码=id_number 年龄（周岁）=age 文化程度=education 联系方式=phone 家庭住址=address 上次筛查结果=",
    filled=[4, 5, 6],
)  # fmt: skip
def screening() -> bytes:
    """The hospital has written names and numbers into the first rows; one name is wrong, one number is missing."""
    form = _Book("两癌筛查")
    form.sheet.write("A1", "适龄妇女“两癌”筛查对象名册", form.big)
    form.sheet.write("A2", "社区：____社区   共____人")
    form.headers(3, "序号|妇女姓名|身份证件号码|年龄（周岁）|文化程度|联系方式|家庭住址|上次筛查结果")
    form.blank(range(4, 9), 8, number=True)
    for row, (name, number) in enumerate(
        [
            ("李梅", resident_id("19800101", "020")),
            ("王秀英", ""),
            ("无此人", resident_id("19700101", "040")),
        ],
        start=4,
    ):
        form.sheet.write_string(row - 1, 1, name, form.line)
        if number:
            form.sheet.write_string(row - 1, 2, number, form.line)
    return form.done()


@form(
    "疫苗接种摸底", (3, 3), range(4, 7),
    "接种者姓名=name 证件类型=id_kind 证件号码=id_number 手机号码=phone 所属街道=street 所属社区=community 居住小区=estate 楼栋号=building"
    " 是否60岁以上= 是否接种第三针=",
)  # fmt: skip
def vaccination() -> bytes:
    """Names of elements with a prefix, rows and cells without their places, as some programs write them."""
    form = _Book("摸底")
    form.sheet.merge_range("A1:J1", "疫苗接种摸底表", form.big)
    form.headers(
        3,
        "接种者姓名|证件类型|证件号码|手机号码|所属街道|所属社区|居住小区|楼栋号|是否60岁以上|是否接种第三针",
    )
    form.blank(range(4, 7), 10)
    form.sheet.write_row(1, 0, ["填报人："])

    def prefixed(xml: str) -> str:
        start, data, tail = re.split(r"(<sheetData>.*</sheetData>)", xml, flags=re.S)
        data = re.sub(r'(<c) r="[A-Z]+\d+"', r"\1", data)
        data = re.sub(r'(<row) r="\d+"', r"\1", data)
        xml = re.sub(r"<(/?)(?=\w)(?!\?)", r"<\1x:", start + data + tail)
        return xml.replace('xmlns="', 'xmlns:x="', 1)

    return _changed(form.done(), SHEET, prefixed)


@form(
    "独居老人清单", (4, 4), range(5, 10),
    "序号= 姓名=name 性别=sex 出生日期=birth 年龄=age 身份证号=id_number 是否独居=lives_alone 楼道长=stairwell_head 子女联系电话= 户主.姓名=head_name 帮扶责任人=",
    inserted=frozenset({"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml", "xl/worksheets/sheet2.xml", "xl/workbook.xml"}),
    recomputed=frozenset({"xl/workbook.xml", "xl/worksheets/sheet2.xml"}),
)  # fmt: skip
def living_alone() -> bytes:
    """Formulas in the rows, one shared; a format by condition, notes, and a sheet of sums that looks at this one."""
    form = _Book("清单")
    form.sheet.merge_range("A1:K1", "独居老人关爱清单", form.big)
    form.sheet.write("A2", "社区名称：")
    form.sheet.write_blank("B2", None, form.line)
    form.headers(4, "序号|姓名|性别|出生日期|年龄|身份证号|是否独居|楼道长|子女联系电话|户主.姓名|帮扶责任人")
    date = form.book.add_format({"border": 1, "num_format": 'yyyy"年"m"月"d"日"'})
    form.blank(range(5, 10), 11)
    for row in range(5, 10):
        form.sheet.write_formula(f"A{row}", "=ROW()-4", form.line, row - 4)
        form.sheet.write_blank(f"D{row}", None, date)
        form.sheet.write_formula(f"E{row}", f'=IF(D{row}="","",DATEDIF(D{row},TODAY(),"y"))', form.line, "")
    form.sheet.data_validation("G5:G9", {"validate": "list", "source": ["是", "否"]})
    form.sheet.conditional_format(
        "E5:E9", {"type": "cell", "criteria": ">=", "value": 80, "format": form.head}
    )
    form.sheet.write("A10", "合计", form.head)
    form.sheet.write_formula("B10", "=COUNTA(B5:B9)", form.line, 0)
    form.sheet.write("A11", "填表人：")
    form.sheet.write_comment("A11", "由社区填写")
    sums = form.book.add_worksheet("统计")
    sums.write_formula("A1", "=COUNTA(清单!B5:B9)", None, 0)
    sums.write_formula("A2", "=A1*2", None, 0)
    return form.done()


@form(
    "入户走访登记", (3, 3), [*range(4, 7), *range(10, 13)],
    "序号= 户主=head_name 房号=room 联系电话=phone 家庭人口=household_size 网格=area 走访日期= 签名=",
)  # fmt: skip
def visits() -> bytes:
    """Two printed pages: the header stands again above the second, and sub-totals below each."""
    form = _Book("走访")
    form.sheet.merge_range("A1:H1", "入户走访登记表", form.big)
    names = "序号|户主|房号|联系电话|家庭人口|网格|走访日期|签名"
    form.headers(3, names)
    form.blank(range(4, 7), 8)
    form.sheet.write("A7", "小计", form.line)
    form.headers(9, names)
    form.blank(range(10, 13), 8)
    form.sheet.write("A13", "小计", form.line)
    form.sheet.set_h_pagebreaks([8])
    return form.done()


@form(
    "退役军人信息采集", (1, 1), range(2, 5),
    "姓名=name 性别=sex 出生年月=birth 身份证号码=id_number 政治面貌=political 学历=education 户籍地=registered_address 常住地址=address 入伍时间= 就业状况=employment",
    inserted=frozenset({"xl/tables/table1.xml", "xl/workbook.xml"}),
)  # fmt: skip
def veterans() -> bytes:
    """A list object with its filter, in a workbook that counts days from 1904; birth dates as year and month."""
    form = _Book("采集表", date_1904=True)
    month = form.book.add_format({"num_format": "yyyy-mm"})
    names = "姓名|性别|出生年月|身份证号码|政治面貌|学历|户籍地|常住地址|入伍时间|就业状况".split("|")
    form.sheet.add_table("A1:J4", {"columns": [{"header": name} for name in names]})
    for row in range(1, 4):
        for column in range(10):
            form.sheet.write_blank(row, column, None, month if column == 2 else form.line)
    return form.done()


# One block for each household


@form(
    "家庭情况登记", (4, 4), [5, 6],
    "姓名=name 与户主关系=relation 性别=sex 出生年月=birth 身份证号码=id_number 工作单位=workplace",
)  # fmt: skip
def families() -> bytes:
    """Three blocks on a page, each with its lines, header and two rows for people."""
    form = _Book("登记表")
    form.sheet.merge_range("A1:F1", "家庭情况登记表", form.big)
    for top in (2, 8, 14):
        _family(form, top)
    form.sheet.merge_range("A20:F20", "填表人：              填表日期：    年  月  日")
    return form.done()


def _family(form: _Book, top: int) -> None:
    form.sheet.write(f"A{top}", "户主姓名", form.head)
    form.sheet.write_blank(f"B{top}", None, form.line)
    form.sheet.write(f"C{top}", "联系电话", form.head)
    form.sheet.merge_range(f"D{top}:F{top}", "", form.line)
    form.sheet.write(f"A{top + 1}", "家庭住址", form.head)
    form.sheet.merge_range(f"B{top + 1}:F{top + 1}", "", form.line)
    form.headers(top + 2, "姓名|与户主关系|性别|出生年月|身份证号码|工作单位")
    form.blank(range(top + 3, top + 5), 6)
    form.sheet.data_validation(f"C{top + 3}:C{top + 4}", {"validate": "list", "source": ["男", "女"]})


@form(
    "户情卡", (4, 4), [5],
    "序号= 家庭成员=name 与户主的关系=relation 性别=sex 身份证号=id_number 联系电话=phone",
)  # fmt: skip
def card() -> bytes:
    """One block only, to be copied for every household; its lines ask after colons."""
    form = _Book("户情卡")
    form.sheet.merge_range("A1:F1", "户情卡", form.big)
    form.sheet.merge_range("A2:F2", "户号：__________    户主姓名：__________    家庭人口：____")
    form.sheet.merge_range("A3:F3", "家庭住址：                                  ")
    form.headers(4, "序号|家庭成员|与户主的关系|性别|身份证号|联系电话")
    form.blank([5], 6)
    form.sheet.set_row(4, 24)
    return form.done()


# Files changed by hand, for what no library writes


def _saved(book) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _changed(content: bytes, part: str, change) -> bytes:
    return _rewritten(content, {part: lambda xml: change(xml.decode()).encode()})


def _rewritten(content: bytes, changes: dict, more: dict | None = None) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            xml = old.read(info)
            new.writestr(info, changes[info.filename](xml) if info.filename in changes else xml)
        for name, text in (more or {}).items():
            new.writestr(name, text)
    return stream.getvalue()


def _with_part(content: bytes, name: str, text: str, kind: str, relation: str) -> bytes:
    """The file with another part of the workbook."""
    uri = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    target = name.removeprefix("xl/")
    typed = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
    related = f'<Relationship Id="rIdMore" Type="{uri}/{relation}" Target="{target}"/></Relationships>'
    return _rewritten(
        content,
        {
            "[Content_Types].xml": lambda xml: xml.replace(b"</Types>", typed.encode()),
            "xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"</Relationships>", related.encode()),
        },
        {name: text},
    )


def _with_extended_lists(content: bytes, lists: dict[str, str]) -> bytes:
    """Drop-downs as Excel 2010 and later write those to another sheet."""
    x14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
    xm = "http://schemas.microsoft.com/office/excel/2006/main"
    rules = "".join(
        f'<x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>{source}</xm:f></x14:formula1>'
        f"<xm:sqref>{area}</xm:sqref></x14:dataValidation>"
        for area, source in lists.items()
    )
    extended = (
        f'<extLst><ext xmlns:x14="{x14}" uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}">'
        f'<x14:dataValidations xmlns:xm="{xm}" count="{len(lists)}">{rules}</x14:dataValidations></ext></extLst></worksheet>'
    )
    return _changed(content, SHEET, lambda xml: xml.replace("</worksheet>", extended))


def workbook_without_room() -> bytes:
    """Two blank rows whose ages are one formula over both."""
    form = _Book("数组")
    form.headers(1, "姓名|性别|身份证号码|年龄")
    form.blank(range(2, 4), 3)
    form.sheet.write_array_formula("D2:D3", "{=LEN(A2:A3)}", form.line)
    form.sheet.write("A4", "合计")
    return form.done()
