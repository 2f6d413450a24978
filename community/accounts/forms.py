"""Forms for accounts and roles."""

from django import forms
from django.core.validators import RegexValidator

from community.accounts.actions import GRANTABLE, AccountError, find_account
from community.bodies.models import Body
from community.people.forms import PersonField
from community.people.models import Person
from community.places.models import Area, Stairwell
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.roles import ROLES, ROLES_NEEDING_PERSON
from portal.accounts.recent_password import ReasonForm, RecentPasswordForm


class AccountForm(RecentPasswordForm):
    """An existing account, or the name for a new one."""

    username = forms.CharField(
        label="已有账号的用户名",
        max_length=40,
        required=False,
        help_text="没有账号的留空，改填姓名",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label="姓名（新账号）", max_length=60, required=False, help_text="系统建立账号，并给出一张开通单"
    )

    def clean(self):
        data = super().clean()
        if bool(data.get("username")) == bool(data.get("name")):
            raise forms.ValidationError("请填写已有账号的用户名，或者新账号的姓名，二者填一项。")
        if data.get("username"):
            try:
                data["account"] = find_account(data["username"])
            except AccountError as problem:
                self.add_error(problem.field, str(problem))
        return data


class GrantForm(AccountForm):
    """A role in the community; for building heads with its place, for roles at a body with the body."""

    person = PersonField(
        label="本人（居民台账）",
        required=False,
        help_text="输入姓名后选择；用于防止同一人兼任监督与经办",
    )
    employee = forms.BooleanField(
        label="本人不在居民台账中，登记为社区工作人员", required=False, help_text="不住本社区的工作人员勾选"
    )
    role = forms.ChoiceField(label="岗位")
    place = forms.ChoiceField(
        label="范围",
        required=False,
        help_text="楼道长选择楼道、小组或片区，党支部书记、党员、巡逻队员选择所在组织；其他岗位留空",
    )

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].set_people(access, community)
        self.people = rows(Person, access, Permission.PEOPLE_NAMES, community)
        self.fields["role"].choices = [("", "请选择"), *((code, ROLES[code].name) for code in GRANTABLE)]
        self.places = _places(access, community)
        self.fields["place"].choices = [("", "整个社区"), *_groups_of(self.places)]

    def clean(self):
        data = super().clean()
        account, person = data.get("account"), data.get("person")
        is_known = bool(account and account.person_id)
        if is_known and person and person.pk != account.person_id:
            self.add_error(
                "person", "这个账号已经对应另一位居民，请留空；确需更换的，在账号列表中办理“变更本人”。"
            )
        elif data.get("employee") and (person or is_known):
            self.add_error("employee", "已经对应本人，请不要勾选。")
        elif data.get("employee"):
            self._check_employee(account.name if account else data.get("name", ""))
        elif (
            data.get("role") in ROLES_NEEDING_PERSON
            and not (person or is_known)
            and "person" not in self.errors
        ):
            word = ROLES[data["role"]].name
            self.add_error("person", f"担任{word}须对应本人，请从居民台账中选择；不在台账中的，勾选下一项。")
        return data

    def _check_employee(self, name: str) -> None:
        """Refuse a duplicate of somebody in the register, who could then hold exclusive roles as two persons."""
        if name and self.people.filter(name=name.strip()).exists():
            self.add_error("employee", f"台账中已有“{name.strip()}”，请在“本人”中选择。")

    @property
    def place_argument(self) -> dict:
        """The chosen place as arguments of `grant_role`."""
        row = self.places.get(self.cleaned_data["place"])
        return {type(row)._meta.model_name: row} if row else {}


class AccountPersonForm(ReasonForm):
    """Person of an account, and the reason for setting or changing it."""

    person = PersonField(label="本人（居民台账）", error_messages={"required": "请从居民台账中选择本人。"})
    field_order = ("person", "reason", "password")

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].set_people(access, community)
        self.fields["reason"].help_text = "会记入查阅记录"


class RenewForm(ReasonForm):
    """Reason for a new slip."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "如：遗失开通单、忘记密码。会记入查阅记录，并在登录时告知本人"


def _places(access, community) -> dict:
    """Areas, stairwells and bodies of the community, by option value."""
    querysets = [rows(model, access, Permission.ACCOUNTS_GRANT, community) for model in (Area, Stairwell)]
    bodies = rows(Body, access, Permission.ACCOUNTS_GRANT, community).current()
    return {f"{row._meta.model_name}-{row.pk}": row for queryset in (*querysets, bodies) for row in queryset}


def _groups_of(places: dict) -> list[tuple[str, list[tuple[str, str]]]]:
    """The options of these places, under a heading for each kind."""
    return [
        (label, [(key, str(row)) for key, row in places.items() if isinstance(row, model)])
        for model, label in ((Area, "片区和小组"), (Stairwell, "楼道"), (Body, "组织"))
    ]


class CommunityForm(RecentPasswordForm):
    """A new community below the official's own street."""

    name = forms.CharField(label="社区名称", max_length=60, help_text="如：括苍社区")
    code = forms.CharField(
        label="代号",
        max_length=30,
        help_text="用于网址，小写字母，如 kuocang",
        validators=[RegexValidator(r"^[a-z][a-z0-9-]+$", "代号用小写字母、数字或连字符，以字母开头。")],
    )
    street = forms.ModelChoiceField(label="所属街道", queryset=None, empty_label=None)
    director_name = forms.CharField(label="主任姓名", max_length=60)
    field_order = ("name", "code", "street", "director_name", "password")

    def __init__(self, *args, streets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["street"].queryset = streets
