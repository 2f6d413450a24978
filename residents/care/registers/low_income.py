"""The register of 低保."""

from functools import reduce
from operator import add

from django.db.models import F, Q

from portal.registers.columns import Column, ImportField
from portal.registers.panels import Link
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from residents.care.forms import LowIncomeForm
from residents.care.import_references import LowIncomeReference
from residents.care.models.kind import CareKind
from residents.care.models.low_income import AMOUNTS, LowIncome
from residents.care.registers.base import CareRegister
from residents.homes.models import Residence

_AMOUNT = reduce(add, map(F, AMOUNTS))
"""What a household receives a month."""


@register
class LowIncomeRegister(CareRegister):
    kind = CareKind.LOW_INCOME
    model = LowIncome
    create_label = "新增低保户"
    noun = "lowincome"
    path = "low-income"
    person_label = "户主姓名"
    menu_order = 10
    purpose = "最低生活保障的申请、复核和发放（社会救助暂行办法）"
    retention = Retention("保障终止", "end", years=5)
    own_columns = (
        "area",
        Column("certificate", text=True, listed=False, optional=True, width=16),
        "level",
        Column("covered", number=True, total="covered"),
        Column("key_people", number=True, total="key_people", listed=False, optional=True),
        Column("disabled_people", number=True, total="disabled_people", listed=False, optional=True),
        Column("amount", "月保障金（元）", value=lambda entry: entry.amount, number=True, total=_AMOUNT),
        Column("family_amount", number=True, total="family_amount", listed=False, optional=True),
        Column("key_60", number=True, total="key_60", listed=False, optional=True),
        Column("key_100", number=True, total="key_100", listed=False, optional=True),
        Column("disabled_amount", number=True, total="disabled_amount", listed=False, optional=True),
    )
    search = ("applicant__haystack",)
    search_hint = "户主或家人的姓名、拼音、房屋"
    own_filters = ("area", "level")
    order = ("-end", "applicant__name_key")
    form_class = LowIncomeForm
    bulk_fields = ("level", "due", "note")
    import_key = ("household",)
    import_reference = LowIncomeReference
    own_headers = (
        ImportField("area", ("城乡",), words={"城镇": "urban", "城市低保": "urban", "农村低保": "rural"}),
        ImportField("certificate", ("低保证编号", "低保证号码", "低保证")),
        ImportField("level", words={"A类": "A", "B类": "B", "C类": "C"}),
        ImportField("covered", ("保障人数.小计", "保障人口数", "保障人口", "享受人数", "救助人数")),
        ImportField("key_60", ("重点救助60",)),
        ImportField("key_100", ("重点救助100",)),
    )

    def condition_for_people(self, people):
        ids = people.order_by().values("pk")
        members = Residence._default_manager.filter(person__in=ids).open()
        return Q(applicant__in=ids) | Q(household__in=members.order_by().values("household"))

    def links(self, row, access, community):
        home = Link("家庭成员", community.url("residents:household_detail", row=row.household.uuid))
        return [home, *super().links(row, access, community)]
