"""References of care lists with columns of their own: 低保, 残疾人, 高龄."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from django.core.exceptions import ValidationError

from community.dated_rules.rules import value_of
from portal.importing.comparison import ComparedRow
from portal.registers.columns import ImportField
from portal.spreadsheets.cells import Cell
from portal.spreadsheets.dates import read_date
from portal.spreadsheets.findings import WARNING
from portal.spreadsheets.values import cell_text, is_placeholder, normalise, read_decimal, read_yes_no
from residents.care.certificates import contradiction, read_bank_card, read_certificate
from residents.care.eligibility import ineligible_because
from residents.care.models.disability import Disability
from residents.care.models.elder import Elder
from residents.care.models.low_income import AMOUNTS, LowIncome
from residents.care.rules import Key
from residents.homes.models import Kind, Residence
from residents.importing.existing import ExistingPerson
from residents.importing.person_reference import PersonReference


class CareReference(PersonReference):
    """The person of a care list's row; an ineligible person is a warning."""

    model: type

    @cached_property
    def elder_age(self) -> int:
        return value_of(self.community, Key.ELDER_AGE, self.target.today)

    def complete(self, row: ComparedRow, cells: Mapping[str, Cell], person: ExistingPerson) -> None:
        super().complete(row, cells, person)
        born = person.birth and person.birth.value
        sentence = ineligible_because(self.model, born, person.sex, self.target.today, self.elder_age)
        if sentence:
            row.error("person_name", person.name, f"{sentence}，请核对", WARNING)


def reference_for(model: type) -> type[CareReference]:
    """Reference of a care register without columns of its own."""
    return type(f"{model.__name__}Reference", (CareReference,), {"model": model})


class DisabilityReference(CareReference):
    """The person of a 残疾人 list: the certificate also identifies them, and must agree with number, kind and grade."""

    model = Disability

    declared = (
        *PersonReference.declared,
        ImportField(
            "certificate", ("残疾证号", "残疾人证号码", "残疾证号码"), label="残疾人证号", secret=True
        ),
        ImportField("subsidies", ("两项补贴情况", "享受两项补贴"), label="两项补贴"),
    )

    def resolve(self, row: ComparedRow, cells: Mapping[str, Cell], date1904: bool) -> None:
        certificate = None
        cell = cells.get("certificate", "")
        if not is_placeholder(cell):
            try:
                certificate = read_certificate(cell)
            except ValueError as problem:
                row.error("certificate", cell_text(cell), str(problem))
                return
        if certificate and is_placeholder(cells.get("id_number", "")):
            cells = {**cells, "id_number": certificate.id_number}
            row.headers.setdefault("id_number", row.headers["certificate"])
        person = self.person_of(row, cells, date1904)
        if person is None:
            return
        self.complete(row, cells, person)
        if certificate:
            row.secrets["certificate"] = certificate.number
            stated = {name: row.values.get(name, "") for name in ("kind", "grade")}
            if sentence := contradiction(certificate, id_hash=person.id_hash, **stated):
                row.error("certificate", cell_text(cell), sentence)
            row.values = {"kind": certificate.kind, "grade": certificate.grade} | row.values
        if "subsidies" in cells:
            self._subsidies(row, cells["subsidies"])

    @staticmethod
    def _subsidies(row: ComparedRow, cell: Cell) -> None:
        """两项补贴: 生活补贴, 护理补贴, both or neither; a blank cell changes nothing."""
        word = normalise(cell_text(cell))
        if not word:
            return
        living, nursing = "生活" in word or "困难" in word, "护理" in word or "重度" in word
        if not (living or nursing):
            try:
                both = True if word in ("两项", "均享受", "都享受", "享受") else read_yes_no(cell)
            except ValueError:
                row.error("subsidies", cell_text(cell), "请写“生活补贴”“护理补贴”“两项”或“无”")
                return
            living = nursing = bool(both)
        row.values |= {"living_subsidy": living, "nursing_subsidy": nursing}


class ElderReference(CareReference):
    """The person of a 高龄 list, with the bank card of the allowance and the day of the yearly check."""

    model = Elder

    declared = (
        *PersonReference.declared,
        ImportField(
            "bank_card",
            tuple(
                "银行卡 银行账号 银行账户 银行卡账号 卡号 开户账号 社保卡号 社保卡 社保卡账号 社会保障卡号".split()
            ),
            label="银行卡号",
            secret=True,
        ),
        ImportField(
            "alive",
            tuple(
                "健在核实 健在核实情况 健在核查 是否健在 健在情况 健在 生存认证情况 高龄津贴资格认证 生存状况".split()
            ),
            label="生存认证",
        ),
    )

    def resolve(self, row: ComparedRow, cells: Mapping[str, Cell], date1904: bool) -> None:
        super().resolve(row, cells, date1904)
        card, alive = cells.get("bank_card", ""), cells.get("alive", "")
        if not is_placeholder(card):
            try:
                row.secrets["bank_card"] = read_bank_card(card)
            except ValueError as problem:
                row.error("bank_card", cell_text(card), str(problem))
        if not is_placeholder(alive):
            self._alive(row, alive, date1904)

    def _alive(self, row: ComparedRow, cell: Cell, date1904: bool) -> None:
        """The day of the check; a tick alone is read as today, with a warning."""
        word = normalise(cell_text(cell))
        if any(no in word for no in ("去世", "死亡", "已故", "不在")):
            row.error("alive", cell_text(cell), "此人已去世的，请先在居民台账登记去世")
            return
        reading = read_date(cell, today=self.target.today, date1904=date1904)
        if reading.date is not None and reading.date.precision == "d":
            row.values["checked_on"] = reading.date.value
            return
        ticked = word in ("健在", "已核实", "已认证", "在世")
        if not ticked:
            try:
                ticked = bool(read_yes_no(cell))
            except ValueError:
                row.error("alive", cell_text(cell), "请写认证日期，如 2026-03-01，或写“健在”")
                return
        if ticked:
            row.values["checked_on"] = self.target.today
            row.error("alive", cell_text(cell), "没有写认证日期，按导入当天登记，请核对", WARNING)


class LowIncomeReference(PersonReference):
    """The household of a 低保 list by its head; urban and rural come in two files, recognised by name or chosen."""

    sets = ("applicant", "household")
    declared = (
        ImportField("person_name", ("户主姓名", "户主", "申请人", "申请人姓名"), label="姓名", required=True),
        *PersonReference.declared[1:],
        ImportField(
            "total",
            tuple(
                "领取金额.小计 领取金额 月领取金额 月救助金额 救助金额 月保障金 月保障金额 保障金额 低保金额".split()
            ),
            label="领取金额小计",
        ),
    )
    choices = tuple((area.value, f"{area.label}低保") for area in LowIncome.Area)
    choice_label = "城乡类别"
    choice_says = "按表中的“城乡类别”栏；没有这一栏的，新登记的按城市低保"

    @classmethod
    def choice_of_name(cls, name: str) -> str:
        urban = any(word in name for word in ("城市", "城镇", "城低保"))
        rural = any(word in name for word in ("农村", "农低保"))
        if urban == rural:
            return ""
        return LowIncome.Area.RURAL if rural else LowIncome.Area.URBAN

    @cached_property
    def households(self) -> dict[int, int]:
        """Household id by person id: where they live, or else are registered."""
        stays = Residence.objects.filter(community_id=self.target.community_id).open().order_by()
        kinds: dict[str, dict[int, int]] = {kind: {} for kind in Kind.values}
        for person, kind, household in stays.values_list("person", "kind", "household"):
            kinds[kind][person] = household
        return kinds[Kind.REGISTERED] | kinds[Kind.LIVING]

    @cached_property
    def amounts(self) -> dict[int, list[Decimal]]:
        """Monthly amounts by household with an open entry, in the parts of the office's ledger."""
        entries = LowIncome.objects.filter(community_id=self.target.community_id, end=None).order_by()
        return {household: parts for household, *parts in entries.values_list("household", *AMOUNTS)}

    def warnings(self, mapped: Mapping[str, int]) -> list[str]:
        warnings = []
        if not self.choice and "area" not in mapped:
            warnings.append(
                "文件名和表头都没有写明城市或农村，新登记的按城市低保；农村低保请返回选择“农村低保”"
            )
        if "total" in mapped and not set(AMOUNTS) & set(mapped):
            warnings.append("表中只有金额的合计、没有分项，新登记的全部记为“家庭补差”，请核对")
        return warnings

    def complete(self, row: ComparedRow, cells: Mapping[str, Cell], person: ExistingPerson) -> None:
        household = self.households.get(person.id)
        if household is None:
            row.error("person_name", person.name, f"{person.name}在本社区没有居住或户籍登记，请先办理迁入")
            return
        row.values |= {"applicant": person.id, "household": household}
        if self.choice:
            row.values["area"] = self.choice
        self._check_total(row, cells.get("total", ""))

    def _check_total(self, row: ComparedRow, cell: Cell) -> None:
        try:
            total = read_decimal(cell)
        except ValueError as problem:
            row.error("total", cell_text(cell), str(problem))
            return
        if total is None:
            return
        stated = [Decimal(row.values[name]) for name in AMOUNTS if name in row.values]
        if not stated:
            self._take_total(row, cell, total)
        elif sum(stated) != total:
            sum_text = f"{sum(stated).normalize():f}"
            row.error(
                "total", cell_text(cell), f"小计与各项之和 {sum_text} 不符，按各项登记，请核对", WARNING
            )

    def _take_total(self, row: ComparedRow, cell: Cell, total: Decimal) -> None:
        """A list without parts: the total is the family's top-up, unless the register has the parts."""
        _, *others = amounts = self.amounts.get(row.values["household"], [Decimal(0)])
        if sum(amounts) == total:
            return
        if any(others):
            sum_text = f"{sum(amounts).normalize():f}"
            row.error(
                "total", cell_text(cell), f"与台账中各项之和 {sum_text} 不符，没有采用，请写明分项", WARNING
            )
            return
        try:
            row.values["family_amount"] = LowIncome._meta.get_field("family_amount").clean(total, None)
        except ValidationError as problem:
            row.error("total", cell_text(cell), "；".join(problem.messages))
