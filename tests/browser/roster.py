"""A committee's 居民花名册 as it really comes: made for one building, with the dirt of many hands."""

from dataclasses import dataclass

from tests.workbooks import resident_id, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = (
    "序号 楼栋 单元 房号 户主姓名 与户主关系 姓名 性别 出生年月 身份证号码 联系电话 人户分离 备注".split()
)


@dataclass(frozen=True)
class Family:
    """Surnames of a household, so that two rosters hold different people. `order` keeps their ID numbers apart."""

    building: str
    wife: str
    husband: str
    order: int

    def number(self, birth: str, nth: int) -> str:
        return resident_id(birth, order=f"{self.order + nth:03d}")


def messy_roster(family: Family) -> bytes:
    """Seven rows of people: four are good, two have a wrong ID number, one stands there twice."""
    wife, husband = family.wife, family.husband
    number = family.number
    wrong = number("19561120", 3)
    wrong = wrong[:-1] + ("1" if wrong[-1] != "1" else "2")
    rows = [
        ["西直沟社区居民花名册"],
        ["填报单位：西直沟社区居民委员会", *[None] * 8, "填报时间：2026年11月"],
        HEADER,
        [1, family.building, "1单元", "101", f"{wife}素琴", "户主", f"{wife} 素琴", "女", "1958.3",
         _full_width(number("19580312", 2)), "19900012001", "否", ""],
        [2, None, None, None, None, "夫", f"{husband}有福", "男", "1956.11", wrong, "", "否", ""],
        [3, None, None, None, None, "子", f"{husband}凯", "男", "1984年5月", number("19840506", 5),
         "19900012002/19900012003", "否", "低保"],
        HEADER,
        [4, family.building, "1单元", "102", f"{wife}海棠", "户主", f"{wife}海棠", "女", "1979-8-1",
         number("19790801", 6), "1.99E+10", "否", ""],
        [5, None, None, None, None, "女儿", f"{wife}苗苗", "女", "20080615", 330106200806150123.0, "", "否", ""],
        [6, None, None, None, None, "母", f"{wife}桂香（租）", "女", "1952.10", number("19521008", 8), "无", "√", ""],
        [7, None, None, None, None, "母", f"{wife}桂香", "女", "1952.10", number("19521008", 8), "", "是", ""],
        ["合计", None, None, "2户", None, None, "7人"],
        ["制表人：" + wife, *[None] * 6, "审核："],
    ]  # fmt: skip
    household = [(4, column, 6, column) for column in (2, 3, 4, 5)]
    return workbook(rows, names=["花名册"], merges=[(1, 1, 1, len(HEADER)), *household])


def _full_width(number: str) -> str:
    return number.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789X"})
