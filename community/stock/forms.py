"""Forms of goods that come in, go out, are reversed and are counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms

from community.stock.actions.stocktakes import Count
from community.stock.models import StockBatch, StockItem
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.forms.fields import DayField
from portal.forms.forms import PlainForm
from portal.forms.signature import SignatureField

_MOST = 1_000_000
_DAY = {"invalid": "请填写正确的日期。"}


def quantity_field(label: str = "数量", **kwargs) -> forms.IntegerField:
    """A whole number from 1."""
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=_MOST,
        error_messages={
            "required": "请填写数量。",
            "invalid": "请填写整数；零散的，请换用更小的计量单位。",
            "min_value": "数量至少为1。",
            "max_value": "数量太大，请核对。",
        },
        **kwargs,
    )


def expiry_field() -> forms.DateField:
    """The last day of use, which may be past."""
    return forms.DateField(
        label="有效期至",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_DAY,
    )


class InForm(PlainForm):
    """Goods that come in without a donation: bought, or from the street."""

    item = forms.ModelChoiceField(
        StockItem._default_manager.none(),
        label="物品",
        error_messages={"required": "请选择物品；目录中没有的，先在“物品目录”登记。"},
    )
    quantity = quantity_field()
    number = forms.CharField(label="批号", max_length=40, required=False)
    expires_on = expiry_field()
    store = forms.CharField(label="存放地点", max_length=40, required=False, help_text="如：社区仓库")
    on = DayField(label="入库日期")
    party = forms.CharField(
        label="来源", max_length=80, required=False, help_text="如：街道下拨、采购；捐赠的请登记捐物"
    )
    purpose = forms.CharField(label="用途", max_length=200, required=False)

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = rows(StockItem, access, P.GOODS, community)


class _BatchChoice(forms.ModelChoiceField):
    def label_from_instance(self, batch):
        return "｜".join(filter(None, (str(batch), batch.store, f"库存{batch.amount}")))


class OutForm(PlainForm):
    """Goods that go out to somebody who signs for them."""

    batch = _BatchChoice(
        StockBatch._default_manager.none(),
        label="物品和批次",
        error_messages={"required": "请选择物品和批次。"},
    )
    quantity = quantity_field()
    on = DayField(label="出库日期")
    party = forms.CharField(
        label="领用人", max_length=80, error_messages={"required": "请填写领用的人或单位。"}
    )
    purpose = forms.CharField(label="用途", max_length=200, error_messages={"required": "请写明用途。"})
    signature = SignatureField(label="领用人签名", help_text="在手机或触摸屏上签；也可以打印出库单签字后上传")

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        batches = rows(StockBatch, access, P.GOODS, community).in_stock()
        self.fields["batch"].queryset = batches.select_related("item")


class ReverseForm(PlainForm):
    """Why something is reversed."""

    on = DayField(label="冲销日期")
    reason = forms.CharField(label="原因", max_length=100, error_messages={"required": "请写明原因。"})


@dataclass(frozen=True, slots=True)
class CountLine:
    """A batch with the fields of the form."""

    batch: StockBatch
    counted: forms.BoundField
    explanation: forms.BoundField
    booked: forms.BoundField


class StocktakeForm(PlainForm):
    """What was counted, batch by batch; a batch without a number was not counted. `booked` is what the page showed."""

    on = DayField(label="盘点日期")
    counters = forms.CharField(
        label="盘点人", max_length=60, error_messages={"required": "请填写盘点人，一般两人以上。"}
    )
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args, batches: Sequence[StockBatch], **kwargs):
        super().__init__(*args, **kwargs)
        self.batches = batches
        for batch in batches:
            counted, explanation, booked = self._names(batch)
            self.fields[counted] = forms.IntegerField(
                label=f"{batch}实盘数",
                min_value=0,
                max_value=_MOST,
                required=False,
                error_messages={
                    "invalid": "请填写整数。",
                    "min_value": "不能小于0。",
                    "max_value": "数量太大，请核对。",
                },
            )
            self.fields[explanation] = forms.CharField(
                label=f"{batch}差异说明", max_length=200, required=False
            )
            self.fields[booked] = forms.IntegerField(widget=forms.HiddenInput, initial=batch.on_hand)

    @staticmethod
    def _names(batch: StockBatch) -> tuple[str, str, str]:
        return f"counted-{batch.uuid}", f"explanation-{batch.uuid}", f"booked-{batch.uuid}"

    @property
    def facts(self) -> list[forms.BoundField]:
        return [self[name] for name in ("on", "counters", "note")]

    @property
    def lines(self) -> list[CountLine]:
        return [CountLine(batch, *(self[name] for name in self._names(batch))) for batch in self.batches]

    def clean(self):
        data = super().clean()
        for batch in self.batches:
            counted, explanation, booked = self._names(batch)
            number = data.get(counted)
            if number is not None and number != data.get(booked) and not data.get(explanation):
                self.add_error(explanation, "与账面数不同，请写明原因。")
        if not self.errors and not self.counts:
            self.add_error(None, "没有填写实盘数，请至少盘点一个批次。")
        return data

    @property
    def counts(self) -> list[Count]:
        """What was counted, of a valid form."""
        data, counts = self.cleaned_data, []
        for batch in self.batches:
            counted, explanation, booked = self._names(batch)
            if data.get(counted) is not None:
                counts.append(Count(batch, data[booked], data[counted], data[explanation], counted))
        return counts
