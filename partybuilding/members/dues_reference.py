"""Columns of a book of dues (党费台账) that are no fields of the year: whose row it is, and the months that are paid."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from community.communities.models import Community
from community.people.names import clean_name
from partybuilding.members.dues import bracket_values, monthly_of, rate_of
from partybuilding.members.models import DuesYear, Member
from portal.importing.comparison import ComparedRow
from portal.importing.reference import ImportReference
from portal.registers.columns import ImportField
from portal.spreadsheets.cells import Cell
from portal.spreadsheets.values import cell_text, is_placeholder, normalise, read_decimal

MONTHS = range(1, 13)
_YEAR = re.compile(r"(19|20)\d\d")
_MOST = Decimal(100_000)


def month_key(month: int) -> str:
    return f"month_{month}"


class DuesReference(ImportReference):
    """The member of a row, found by name, and by branch where several have it; the year is that of the whole file."""

    sets = ("member", "year", "base", "rate", "monthly")
    identifying = ("member_name",)
    declared = (
        ImportField("member_name", ("姓名", "党员姓名"), label="姓名", required=True),
        ImportField("branch_name", ("所在支部", "支部", "党支部"), label="所在支部"),
        ImportField("year_cell", ("年度", "年份"), label="年度"),
        ImportField("base_cell", ("月收入基数", "党费基数", "基数", "缴费基数"), label="月收入基数"),
        ImportField("rate_cell", ("比例", "缴纳比例", "比例（%）"), label="比例"),
        ImportField("monthly_cell", ("月应缴", "月应缴党费", "每月应缴", "应缴党费"), label="月应缴"),
        *(ImportField(month_key(month), (f"{month}月份",), label=f"{month}月") for month in MONTHS),
        ImportField("sum_cell", ("合计", "小计", "全年合计"), label="合计"),
    )
    choice_label = "台账的年度"
    choice_says = "按今年导入；文件名或表中写明年度的，以写明的为准"

    def __init__(self, into, choice: str):
        super().__init__(into, choice)
        self.year = int(choice) if choice else into.today.year

    @classmethod
    def choice_of_name(cls, name: str) -> str:
        match = _YEAR.search(name)
        return match.group() if match else ""

    @cached_property
    def members(self) -> dict[str, list[Member]]:
        """Open registrations by name."""
        by_name: dict[str, list[Member]] = {}
        members = Member.objects.filter(community_id=self.target.community_id).open()
        for member in members.select_related("person", "branch"):
            by_name.setdefault(member.person.name, []).append(member)
        return by_name

    @cached_property
    def brackets(self) -> dict[int, dict[str, int]]:
        """The rates by year, read once a year."""
        return {}

    def resolve(self, row: ComparedRow, cells: Mapping[str, Cell], date1904: bool) -> None:
        row.paid = {}
        member = self._member(row, cells)
        year = self._year(row, cells.get("year_cell", ""))
        if member is None or year is None:
            return
        row.values |= {"member": member.pk, "year": year}
        self._read_standard(row, cells, member, year)
        self._read_months(row, cells)

    def _member(self, row: ComparedRow, cells: Mapping[str, Cell]) -> Member | None:
        name = clean_name(cell_text(cells.get("member_name", "")))[0]
        if not name:
            row.error("member_name", "", "没有写姓名，请补填")
            return None
        members = self.members.get(name, [])
        branch = normalise(cell_text(cells.get("branch_name", "")))
        if branch and len(members) > 1:
            members = [
                m for m in members if branch in (normalise(m.branch.name), normalise(m.branch.short_name))
            ]
        if len(members) == 1:
            return members[0]
        if members:
            row.error(
                "member_name",
                name,
                f"名册中有{len(members)}名党员叫{name}，请写明所在支部，或在党员页面登记缴纳",
            )
        else:
            row.error("member_name", name, f"党员名册中没有{name}，请核对，或先登记党员")
        return None

    def _year(self, row: ComparedRow, cell: Cell) -> int | None:
        if is_placeholder(cell):
            return self.year
        match = _YEAR.search(cell_text(cell))
        if match is None:
            row.error("year_cell", cell_text(cell), "年度请写四位数，如 2026")
            return None
        return int(match.group())

    def _read_standard(self, row: ComparedRow, cells: Mapping[str, Cell], member: Member, year: int) -> None:
        base = self._money(row, "base_cell", cells)
        stated = self._money(row, "monthly_cell", cells)
        if base is None:
            if stated is not None:
                self._put_fixed(row, member, year, stated)
            return
        values = self.brackets.get(year) or self.brackets.setdefault(
            year, bracket_values(self._community, year)
        )
        rate = rate_of(base, is_retired=member.is_retired, values=values)
        row.values |= {"base": base, "rate": rate, "monthly": monthly_of(base, rate)}
        self._compare_rate(row, cells.get("rate_cell", ""), rate)
        if stated is not None and stated != row.values["monthly"]:
            row.warning(
                "monthly_cell",
                str(stated),
                f"按基数{base}元和比例{rate / 10:g}%应为{row.values['monthly']}元，按后者登记",
            )

    def _put_fixed(self, row: ComparedRow, member: Member, year: int, stated: Decimal) -> None:
        """A fixed amount; where a base is set, it is not put aside by an amount alone."""
        base = self.bases.get((member.pk, year))
        if base is None:
            row.values["monthly"] = stated
        elif base[1] != stated:
            row.warning(
                "monthly_cell",
                str(stated),
                f"已按基数{base[0]}元核定为{base[1]}元，没有改动；要改的请写明月收入基数",
            )

    @cached_property
    def bases(self) -> dict[tuple[int, int], tuple[Decimal, Decimal]]:
        """Base and amount by member and year, where a base is set."""
        years = DuesYear.objects.filter(community_id=self.target.community_id, base__isnull=False)
        values = years.order_by().values_list("member", "year", "base", "monthly")
        return {(member, year): (base, monthly) for member, year, base, monthly in values}

    @cached_property
    def _community(self) -> Community:
        return Community.objects.get(pk=self.target.community_id)

    def _compare_rate(self, row: ComparedRow, cell: Cell, rate: int) -> None:
        """1, 1%, 0.01 are one per cent."""
        text = normalise(cell_text(cell)).replace("%", "").replace("％", "")
        if is_placeholder(cell):
            return
        try:
            number = Decimal(text)
        except ArithmeticError:
            row.warning("rate_cell", cell_text(cell), f"认不出这个比例，按{rate / 10:g}%登记")
            return
        is_share = number < Decimal("0.05") and "%" not in cell_text(cell) and "％" not in cell_text(cell)
        percent = number * 100 if is_share else number
        if percent * 10 != rate:
            row.warning("rate_cell", cell_text(cell), f"与规定的比例{rate / 10:g}%不符，按规定登记")

    def _money(self, row: ComparedRow, name: str, cells: Mapping[str, Cell]) -> Decimal | None:
        cell = cells.get(name, "")
        if is_placeholder(cell):
            return None
        try:
            amount = read_decimal(cell)
        except ValueError as problem:
            row.error(name, cell_text(cell), str(problem))
            return None
        if amount is None or not 0 <= amount < _MOST:
            row.error(name, cell_text(cell), "金额不能小于0，也不能太大，请核对")
            return None
        return amount.quantize(Decimal("0.01"))

    def _read_months(self, row: ComparedRow, cells: Mapping[str, Cell]) -> None:
        """Amounts by month; 0 is a month that is not paid."""
        for month in MONTHS:
            amount = self._money(row, month_key(month), cells)
            if amount:
                row.paid[month] = amount
        stated = self._money(row, "sum_cell", cells)
        total = sum(row.paid.values(), Decimal(0))
        if stated is not None and stated != total:
            row.warning("sum_cell", str(stated), f"各月相加是{total}元，与合计不符，按各月登记")
