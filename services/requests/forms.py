"""Form by which staff take a request in."""

from django import forms
from django.core import signing

from community.accounts.colleagues import colleagues
from community.objections.tracking_codes import new_code
from community.tasks.forms import ColleagueField
from portal.access.permissions import Permission as P
from portal.forms.forms import PlainForm
from services.requests.choices import Category, Channel

TICKET = "services.request"
"""Salt of the signed code that a form carries: sent twice, it shows the same code, and nothing is stored."""
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


class RequestForm(PlainForm):
    """A request as it is told at the phone or the counter."""

    channel = forms.ChoiceField(
        label="来源",
        choices=[(channel.value, channel.label) for channel in TAKEN_BY_STAFF],
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
    )
    text = forms.CharField(
        label="诉求内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明诉求内容。"},
    )
    place = forms.CharField(label="地点", max_length=120, required=False, help_text="如：30幢4单元楼下")
    category = forms.ChoiceField(
        label="类别", choices=[("", "分派时再定"), *Category.choices], required=False
    )
    name = forms.CharField(label="姓名", max_length=60, required=False, help_text="可以不填")
    phone = forms.CharField(label="联系电话", max_length=40, required=False, help_text="用于回复和回访")
    owner = ColleagueField(label="承办人", required=False)
    is_private = forms.BooleanField(
        label="不公开办理", required=False, help_text="只有主任看到和办理，其他工作人员看不到"
    )
    ticket = forms.CharField(widget=forms.HiddenInput)
    field_order = ("channel", "text", "place", "category", "name", "phone", "owner", "is_private", "ticket")

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer(community, [("", "待受理时分派")], P.REQUESTS)
        self.fields["ticket"].initial = lambda: signing.dumps(new_code(), salt=TICKET)

    def clean_ticket(self) -> str:
        try:
            return signing.loads(self.cleaned_data["ticket"], salt=TICKET)
        except signing.BadSignature as error:
            raise forms.ValidationError("页面已过期，请重新打开后再提交。") from error

    def clean(self):
        cleaned = super().clean()
        owner = cleaned.get("owner")
        if owner and not cleaned.get("category"):
            self.add_error("category", "直接分派的，请选择类别：期限按类别计算。")
        return cleaned
