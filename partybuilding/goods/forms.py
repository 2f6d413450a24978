"""Forms of donations of goods."""

from dataclasses import dataclass

from django import forms

from community.people.forms import PersonField
from community.stock.forms import expiry_field, quantity_field
from community.stock.models import StockItem
from community.units.models import Unit
from partybuilding.goods.actions import DonorRef, GivenGoods
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.forms.fields import DayField
from portal.forms.forms import PlainForm

ROWS = 6
"""Kinds of goods that one form takes."""
_PARTS = ("name", "measure", "quantity", "estimated", "number", "expires_on")
_DONORS = ("unit", "person", "donor_name", "anonymous")


def estimate_field() -> forms.DecimalField:
    """An estimated value, which may be left open."""
    wrong = "请填写数字，如 1200.00。"
    return forms.DecimalField(
        label="估价（元）",
        required=False,
        min_value=0,
        max_digits=11,
        decimal_places=2,
        error_messages={
            "invalid": wrong,
            "min_value": "不能小于0。",
            "max_digits": "数字太大，请核对。",
            "max_whole_digits": "数字太大，请核对。",
            "max_decimal_places": "最多两位小数。",
        },
    )


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """The fields of one kind of goods."""

    fields: list[forms.BoundField]


class DonationForm(PlainForm):
    """Goods that somebody gave; rows without a name are left out."""

    unit = forms.ModelChoiceField(Unit._default_manager.none(), label="捐赠单位", required=False)
    person = PersonField(label="捐赠居民", required=False)
    donor_name = forms.CharField(
        label="其他捐赠人", max_length=80, required=False, help_text="不在台账中的单位或个人"
    )
    anonymous = forms.BooleanField(label="匿名捐赠", required=False)
    on = DayField(label="接收日期")
    receiver = forms.CharField(label="接收人", max_length=60, error_messages={"required": "请填写接收人。"})
    store = forms.CharField(label="存放地点", max_length=40, required=False, help_text="如：社区仓库")
    purpose = forms.CharField(label="用途", max_length=200, required=False, help_text="捐赠人指定用途的写明")

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = rows(Unit, access, P.UNITS_VIEW, community)
        self.fields["person"].set_people(access, community)
        self.items = list(rows(StockItem, access, P.GOODS, community))
        for number in range(ROWS):
            name, measure, quantity, estimated, batch, expires_on = self._names(number)
            self.fields[name] = forms.CharField(
                label="物品名称",
                max_length=60,
                required=False,
                widget=forms.TextInput(attrs={"list": "stock-items", "autocomplete": "off"}),
            )
            self.fields[measure] = forms.CharField(label="计量单位", max_length=10, required=False)
            self.fields[quantity] = quantity_field(required=False)
            self.fields[estimated] = estimate_field()
            self.fields[batch] = forms.CharField(label="批号", max_length=40, required=False)
            self.fields[expires_on] = expiry_field()
            for part in self._names(number):
                self.fields[part].widget.attrs["class"] = "form-control"

    @staticmethod
    def _names(number: int) -> list[str]:
        return [f"{part}-{number}" for part in _PARTS]

    @property
    def facts(self) -> list[forms.BoundField]:
        return [self[name] for name in (*_DONORS, "on", "receiver", "store", "purpose")]

    @property
    def rows(self) -> list[GoodsRow]:
        return [GoodsRow([self[name] for name in self._names(number)]) for number in range(ROWS)]

    def clean(self):
        data = super().clean()
        if not any(name in self.errors for name in _DONORS):
            self._check_donor(data)
        self._check_goods(data)
        return data

    def _check_donor(self, data: dict) -> None:
        given = [name for name in _DONORS if data.get(name)]
        if not given:
            self.add_error("unit", "请填写捐赠人；不具名的勾选匿名捐赠。")
        elif len(given) > 1:
            self.add_error(given[-1], "捐赠人只能填写一项。")

    def _check_goods(self, data: dict) -> None:
        filled = 0
        for number in range(ROWS):
            name, measure, quantity, *others = self._names(number)
            if not any(data.get(part) for part in (name, measure, quantity, *others)):
                continue
            filled += 1
            for part, sentence in (
                (name, "请填写物品名称。"),
                (measure, "请填写计量单位。"),
                (quantity, "请填写数量。"),
            ):
                if not data.get(part) and part not in self.errors:
                    self.add_error(part, sentence)
        if not filled and not self.errors:
            self.add_error(self._names(0)[0], "请至少填写一种物品。")

    @property
    def donor(self) -> DonorRef:
        data = self.cleaned_data
        return DonorRef(data["unit"], data["person"], data["donor_name"])

    @property
    def goods(self) -> list[GivenGoods]:
        """What was given, of a valid form."""
        data, given = self.cleaned_data, []
        for number in range(ROWS):
            values = dict(zip(_PARTS, (data[name] for name in self._names(number)), strict=True))
            if values["name"]:
                given.append(GivenGoods(**values, store=data["store"]))
        return given


class EstimateForm(PlainForm):
    """The estimated value of goods that were received."""

    estimated = estimate_field()
