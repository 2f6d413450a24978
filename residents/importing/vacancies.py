"""Entries of a name column that are no names: a vacant or let dwelling, or an unknown person."""

from residents.homes.models import Dwelling

_USES = {
    Dwelling.Use.VACANT: (
        "空置 空置房 空房 空户 空 空关 空关户 闲置 无人居住 无人住 没人住 没有人住 无人 未住人 未入住 长期无人 无人户 空挂房 未售 未交付 待售 毛坯"
    ),
    Dwelling.Use.RENTED: "租户 租客 出租 出租房 已出租 出租户 租房 租住户 承租户 房客",
}
_USE_OF = {word: use.value for use, words in _USES.items() for word in words.split()}
_NOBODY = frozenset(
    "不详 未知 待核实 待核 待查 待定 待补 待补充 暂无 无 没有 查无此人 联系不上 拒访 拒绝登记 不清楚 未登记 姓名不详 某某 - -- — —— / \\ * ? ？ 、".split()
)
_DITTO = frozenset("同上 同前 同 〃 々 ″ 同上户 同上人".split())


def use_in_place_of_name(name: str) -> str:
    """The use of a dwelling (`Dwelling.Use`) that is written in place of a name; "" for none."""
    return _USE_OF.get(name, "")


def problem_with_name(name: str) -> str:
    """Error message for a cell that is no name; "" where it may be one."""
    if name in _DITTO:
        return f"姓名不能写“{name}”，请写出姓名"
    if name in _NOBODY or not any(char.isalnum() for char in name):
        return f"“{name}”不是姓名，没有导入：房屋空着请写“空置”，有人住的请查明姓名后再填"
    return ""
