"""Forms by which staff take a request in, and replace its lost code."""

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.layout import Column, Layout, Row
from django import forms

from community.accounts.colleagues import colleagues
from community.objections.tickets import TicketForm
from community.people.phone_numbers import read_phones
from community.tasks.forms import ColleagueField
from portal.access.permissions import Permission as P
from portal.forms.forms import PlainForm
from services.requests.choices import Category, Channel
from services.requests.places import building_at

TAKEN_BY_STAFF = (Channel.PHONE, Channel.COUNTER, Channel.VISIT, Channel.HEAD)


class DivisionForm(PlainForm):
    """An owner for each category, or nobody."""

    def __init__(self, *args, community, owners, **kwargs):
        super().__init__(*args, **kwargs)
        users = colleagues(community.id, P.REQUESTS)
        for category in Category:
            field = ColleagueField(label=category.label, required=False)
            current = owners.get(category.value)
            field.offer_users(users, [("", "分派时再定")])
            field.initial = current if str(current) in field.users_by_key else None
            self.fields[category.value] = field


class RequestForm(TicketForm):
    """A request as it is told at the phone or the counter, in the order of the paper 登记表."""

    channel = forms.ChoiceField(
        label="来源",
        choices=[(channel.value, channel.label) for channel in TAKEN_BY_STAFF],
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
    )
    name = forms.CharField(label="姓名", max_length=60, required=False, help_text="可以不填")
    phone = forms.CharField(label="联系电话", max_length=40, required=False, help_text="用于回复和回访")
    place = forms.CharField(
        label="地点",
        max_length=120,
        required=False,
        help_text="如：30幢4单元楼下；写明楼幢的，自动对应到楼幢",
    )
    text = forms.CharField(
        label="诉求内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明诉求内容。"},
    )
    category = forms.ChoiceField(
        label="类别", choices=[("", "分派时再定"), *Category.choices], required=False
    )
    is_mine = forms.BooleanField(label="由我承办", required=False)
    owner = ColleagueField(label="分派给", required=False)
    is_private = forms.BooleanField(
        label="不公开办理", required=False, help_text="只有主任看到和办理，其他工作人员看不到"
    )

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.access, self.community = access, community
        self.fields["owner"].offer(community, [("", "待受理时分派")], P.REQUESTS)
        may_decide = access.can(P.REQUESTS_DECIDE, community)
        if not may_decide:
            del self.fields["is_private"]
        self.helper.layout = Layout(
            Row(Column(InlineRadios("channel"))),
            Row(Column("name"), Column("phone")),
            Row(Column("place")),
            "text",
            Row(Column("category"), Column("owner")),
            "is_mine",
            *(["is_private"] if may_decide else []),
            "ticket",
        )

    def clean_phone(self) -> str:
        """One or several numbers as they are dialled; what is no number is asked again."""
        reading = read_phones(self.cleaned_data["phone"])
        if reading.problem:
            raise forms.ValidationError(f"{reading.problem}。")
        return " ".join(reading.numbers)

    def clean(self):
        cleaned = super().clean()
        owner = cleaned.get("owner")
        if cleaned.pop("is_mine", False):
            if owner and owner.pk != self.access.user.pk:
                self.add_error("owner", "已勾选“由我承办”，请不要再分派给别人。")
            owner = cleaned["owner"] = self.access.user
        if owner and not cleaned.get("category"):
            self.add_error("category", "直接分派的，请选择类别：期限按类别计算。")
        if owner and cleaned.get("is_private") and owner.pk not in self._deciders():
            self.add_error("owner", f"不公开办理的只有主任看到，{owner.name}不能承办。")
        cleaned["building"] = building_at(cleaned.get("place", ""), self.access, self.community)
        return cleaned

    def _deciders(self) -> set[int]:
        return {user.pk for user in colleagues(self.community.id, P.REQUESTS_DECIDE)}


class ReplaceCodeForm(TicketForm):
    """How it was checked that whoever lost the code is the one who sent the request."""

    checked = forms.ChoiceField(
        label="怎样核对本人",
        choices=[(word, word) for word in ("查验证件", "电话回拨", "当面认识")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择怎样核对本人。"},
    )
