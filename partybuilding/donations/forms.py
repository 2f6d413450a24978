"""Forms of donors, donations, money received, and what it was used for."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from community.finance.models import FinanceCategory
from community.objections.tickets import TicketForm
from community.people.forms import PersonField
from community.people.phone_numbers import read_phones
from community.units.models import Unit
from partybuilding.donations.models import Donation, Donor
from partybuilding.donations.models.receipt import Manner
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.forms.fields import DayField
from portal.forms.forms import PickField, PlainForm, RowForm


def money(label: str, **kwargs) -> forms.DecimalField:
    """A field for an amount above 0."""
    return forms.DecimalField(
        label=label,
        max_digits=10,
        decimal_places=2,
        min_value=Decimal("0.01"),
        error_messages={
            "required": "请填写金额。",
            "invalid": "请填写数字，如 500.00。",
            "min_value": "金额应大于0。",
            "max_digits": "数字太大，请核对。",
            "max_whole_digits": "数字太大，请核对。",
            "max_decimal_places": "最多两位小数。",
        },
        **kwargs,
    )


def donor_label(donor: Donor) -> str:
    """The name, with what tells apart two of one name: 王芳｜13800000000."""
    more = "单位" if donor.unit_id else "居民" if donor.person_id else donor.phone
    return f"{donor}｜{more}" if more else str(donor)


def donors_named(donors, text: str):
    """Donors whose name is the one typed."""
    name = text.partition("｜")[0].strip()
    found = donors.filter(Q(unit__name=name) | Q(person__name=name) | Q(name=name))
    return found.select_related("unit", "person").order_by("id")[:20]


class DonorField(PickField):
    """A donor: one who is there, or the name of a new one."""

    def clean(self, value):
        text = forms.CharField.clean(self, value)
        if not text or list(self.find(text)):
            return super().clean(value)
        return text


class DonorForm(RowForm):
    """A donor. A unit or a person of the register is chosen; of others the name is typed."""

    person = PersonField(label="居民", required=False)
    error_fields = {"donor_is_somebody": "name", "donor_consent": "consented_on"}
    field_order = ("unit", "person", "name", "phone", "consent", "consented_on", "note")

    class Meta:
        model = Donor
        fields = ("unit", "person", "name", "phone", "consent", "consented_on", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = rows(Unit, self.access, P.UNITS_VIEW, self.community)
        self.fields["person"].set_people(self.access, self.community)
        if self.instance.person_id:
            self.initial["person"] = self.instance.person

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"].strip()
        if phone and read_phones(phone).is_error:
            raise ValidationError("认不出这个电话号码，请核对，如：13800000000；也可以不填。")
        return phone

    def clean(self):
        cleaned = super().clean()
        if person := cleaned.get("person"):
            others = rows(Donor, self.access, P.DONATIONS, self.community).filter(person=person)
            if others.exclude(pk=self.instance.pk).exists():
                self.add_error("person", "这名居民已经登记为捐款人。")
        return cleaned


class DonationForm(RowForm):
    """A donation as it is promised. `donor` of the address, a key, is chosen already."""

    donor = DonorField(
        label="捐款人",
        max_length=160,
        help_text="输入名称后选择；第一次捐款的直接写姓名或单位名称，保存时一并登记",
    )
    phone = forms.CharField(
        label="联系电话", max_length=60, required=False, help_text="第一次捐款的填写，可以不填"
    )
    error_fields = {"donation_due": "due"}
    field_order = (
        "donor",
        "phone",
        "on",
        "amount",
        "purpose",
        "fund",
        "campaign",
        "due",
        "is_earlier",
        "old_receipt",
    )

    class Meta:
        model = Donation
        fields = (
            "donor",
            "on",
            "amount",
            "purpose",
            "fund",
            "campaign",
            "due",
            "is_earlier",
            "old_receipt",
            "note",
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        donors = rows(Donor, self.access, P.DONATIONS, self.community)
        self.fields["donor"].offer(
            lambda text: donors_named(donors, text),
            self.community.url("partybuilding:donor_pick"),
            donor_label,
        )
        self.fields["fund"].queryset = self.fields["fund"].queryset.filter(closed_on__isnull=True)
        if self.instance.pk:
            del self.fields["phone"]
            chosen = self.instance.donor_id
            self.fields["fund"].queryset |= self.fields["fund"].queryset.model._default_manager.filter(
                community_id=self.community.id, pk=self.instance.fund_id or 0
            )
        else:
            chosen = self.initial.get("donor")
        if str(chosen or "").isdecimal():
            self.initial["donor"] = donors.filter(pk=int(chosen)).select_related("unit", "person").first()

    def clean_phone(self) -> str:
        return DonorForm.clean_phone(self)

    def clean_donor(self) -> Donor:
        """The chosen donor; of a new one, a row that `save` writes."""
        donor = self.cleaned_data["donor"]
        if not isinstance(donor, str):
            return donor
        unit = rows(Unit, self.access, P.UNITS_VIEW, self.community).filter(name=donor).first()
        if len(donor) > 80:
            raise ValidationError("捐款人最多80个字。")
        return Donor(community_id=self.community.id, unit=unit, name="" if unit else donor)

    def clean(self):
        cleaned = super().clean()
        if (donor := cleaned.get("donor")) and donor.pk is None:
            donor.phone = cleaned.get("phone", "")
        return cleaned

    def _get_validation_exclusions(self):
        # A new donor is written with the donation.
        exclusions = super()._get_validation_exclusions()
        donor = self.cleaned_data.get("donor")
        return exclusions | {"donor"} if donor is not None and donor.pk is None else exclusions


class ReceiveForm(PlainForm):
    """Money that came of a donation."""

    amount = money("收款金额（元）")
    on = DayField(label="收款日期")
    manner = forms.ChoiceField(label="收款方式", choices=Manner, initial=Manner.BANK)
    category = forms.ModelChoiceField(
        FinanceCategory._default_manager.none(),
        label="收入科目",
        error_messages={"required": "请选收入科目。", "invalid_choice": "请重新选择收入科目。"},
    )
    voucher = forms.CharField(label="凭证号", max_length=30, required=False, help_text="还没有的可以以后补填")

    def __init__(self, *args, access, community, rest: Decimal, **kwargs):
        super().__init__(*args, **kwargs)
        categories = rows(FinanceCategory, access, P.FINANCE, community).filter(
            special=FinanceCategory.Special.DONATION, is_active=True
        )
        self.fields["amount"].initial = rest
        self.fields["category"].queryset = categories
        self.fields["category"].initial = categories.first()
        if not categories:
            self.fields["category"].help_text = "还没有性质为“捐款”的收入科目，请先在收支科目中增加"


class LapseForm(PlainForm):
    because = forms.CharField(
        label="原因", max_length=200, error_messages={"required": "请写明没有兑现的原因。"}
    )


class TakeBackForm(PlainForm):
    because = forms.CharField(label="原因", max_length=200, error_messages={"required": "请写明取消的原因。"})


class CodeForm(TicketForm):
    """How it was checked that whoever lost the code is the donor."""

    checked = forms.ChoiceField(
        label="怎样核对本人",
        choices=[(word, word) for word in ("查验证件", "电话回拨", "当面认识")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择怎样核对本人。"},
    )


class PrintForm(TicketForm):
    """The first receipt that is printed brings the tracking code of the donation with it."""
