"""Forms of finance: the book, entries, decisions on them, months, and what entries are sorted by."""

from django import forms
from django.utils import timezone

from community.finance.models import BudgetLine, FinanceCategory, FinanceReview
from community.finance.models.book import Direction
from portal.attachments.kinds import CONTENT_TYPES
from portal.forms.fields import DayField
from portal.forms.forms import PlainForm, RowForm
from portal.values.months import parse_month

_MOST_FILES = 5


def money_field(label: str, **kwargs) -> forms.DecimalField:
    """A sum in yuan, in whole fen."""
    messages = {
        "required": "请填写金额。",
        "invalid": "请填写数字，如 12.50。",
        "max_digits": "数字太大，请核对。",
        "max_whole_digits": "数字太大，请核对。",
        "max_decimal_places": "最多两位小数。",
    }
    return forms.DecimalField(label=label, max_digits=10, decimal_places=2, error_messages=messages, **kwargs)


def reason_field(label: str, **kwargs) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=200, error_messages={"required": f"请填写{label}。"}, **kwargs
    )


class MonthField(forms.DateField):
    """A month; its first day."""

    def __init__(self, **kwargs):
        super().__init__(
            widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
            input_formats=["%Y-%m", "%Y-%m-%d"],
            error_messages={"required": "请填写月份。", "invalid": "月份请写成 2026-01。"},
            **kwargs,
        )

    def clean(self, value):
        day = super().clean(value)
        return day.replace(day=1) if day else None


class BookForm(PlainForm):
    """The first month of the book, and the balance at that time."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    begins_on = MonthField(label="启用月份", help_text="从哪个月开始在这里记账")
    opening = money_field("期初余额（元）", help_text="该月1日的账面余额，与街道会计核对；没有的填0")
    usual = forms.BooleanField(
        label="同时建立常用科目",
        required=False,
        initial=True,
        help_text="办公费、水电费、市场管理费等，以后可以修改",
    )

    def __init__(self, *args, is_new: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["usual"]

    def clean_begins_on(self):
        month = self.cleaned_data["begins_on"]
        if month and month > timezone.localdate():
            raise forms.ValidationError("启用月份不能晚于本月。")
        return month


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class VouchersField(forms.FileField):
    """Papers of an entry, none or several."""

    widget = FilesInput

    def clean(self, data, initial=None):
        files = [super(VouchersField, self).clean(file) for file in data or [] if file]
        if len(files) > _MOST_FILES:
            raise forms.ValidationError(f"一次最多上传{_MOST_FILES}份，其余的保存后再传。")
        return files


class EntryForm(PlainForm):
    """Income or expense: its category says which."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    category = forms.ModelChoiceField(
        label="科目",
        queryset=None,
        error_messages={"required": "请选择科目。", "invalid_choice": "请选择列出的科目。"},
    )
    amount = money_field("金额（元）")
    on = DayField(label="日期")
    summary = forms.CharField(
        label="摘要",
        max_length=120,
        help_text="买什么、付给谁、做什么用",
        error_messages={"required": "请填写摘要。"},
    )
    counterparty = forms.CharField(label="付款或收款方", max_length=80, required=False)
    voucher = forms.CharField(
        label="凭证号", max_length=30, required=False, help_text="街道会计的凭证编号，还没有的可以以后补填"
    )
    fund = forms.ModelChoiceField(
        label="专项资金",
        queryset=None,
        required=False,
        empty_label="不属于专项资金",
        error_messages={"invalid_choice": "请选择列出的专项资金。"},
    )
    papers = VouchersField(
        label="票据照片或扫描件",
        required=False,
        help_text="发票、收据、清单；也可以保存后再传",
        widget=FilesInput(
            attrs={"accept": ",".join(f".{kind}" for kind in CONTENT_TYPES), "class": "form-control"}
        ),
    )

    def __init__(self, *args, categories, funds, takes_papers: bool, **kwargs):
        super().__init__(*args, **kwargs)
        category, fund = self.fields["category"], self.fields["fund"]
        category.queryset, fund.queryset = categories, funds
        by_direction = {direction: [] for direction in (Direction.EXPENSE, Direction.INCOME)}
        for each in categories:
            by_direction[Direction(each.direction)].append((each.pk, each.name))
        groups = [(direction.label, pairs) for direction, pairs in by_direction.items() if pairs]
        category.choices = [("", "请选择"), *groups]
        fund.choices = [("", fund.empty_label), *((each.pk, each.name) for each in funds)]
        if not funds:
            del self.fields["fund"]
        if not takes_papers:
            del self.fields["papers"]

    def clean_amount(self):
        if (amount := self.cleaned_data["amount"]) <= 0:
            raise forms.ValidationError("金额应大于0。")
        return amount


class ReturnForm(PlainForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    because = reason_field("退回原因", help_text="经手人会看到")


class WithdrawForm(PlainForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    because = reason_field("撤销原因")


class VersionForm(PlainForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReverseForm(PlainForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    on = DayField(label="冲销日期")
    because = reason_field("冲销原因")


class VoucherForm(PlainForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    voucher = forms.CharField(label="凭证号", max_length=30, error_messages={"required": "请填写凭证号。"})


class CloseForm(PlainForm):
    """The month that the page showed: a page of yesterday closes no other one."""

    month = forms.CharField(widget=forms.HiddenInput)

    def clean_month(self):
        try:
            return parse_month(self.cleaned_data["month"])
        except ValueError as error:
            raise forms.ValidationError("没有这个月份。") from error


class ReopenForm(PlainForm):
    because = reason_field("重开原因", help_text="会写进下一期公开栏")


class ReviewForm(PlainForm):
    verdict = forms.ChoiceField(
        label="意见",
        choices=FinanceReview.Verdict,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择意见。"},
    )
    remark = forms.CharField(
        label="说明",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="有异议的请写明是哪一笔、什么问题",
    )


class AnswerForm(PlainForm):
    answer = forms.CharField(
        label="答复",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请填写答复。"},
    )


class FinanceCategoryForm(RowForm):
    class Meta:
        model = FinanceCategory
        fields = ("direction", "name", "special", "most_each", "most_month", "is_active", "note")


class BudgetLineForm(RowForm):
    class Meta:
        model = BudgetLine
        fields = ("year", "category", "amount", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["year"].initial = timezone.localdate().year
