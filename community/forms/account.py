"""Forms by which accounts and roles are given."""

from django import forms
from django.core.validators import RegexValidator

from community.actions.accounts import GRANTABLE, AccountError, find_account
from community.forms.person import PersonField
from community.models import Area, Stairwell
from portal.forms import OnceMixin
from portal.permissions import Permission
from portal.recent_password import RecentPasswordForm
from portal.roles import ROLES
from portal.scoping import rows


class WhoForm(OnceMixin, RecentPasswordForm):
    """For whom: an account that exists, or a name for which one is made."""

    username = forms.CharField(
        label="已有账号的用户名", max_length=40, required=False, help_text="没有账号的留空，改填姓名"
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


class GrantForm(WhoForm):
    """A role in the community, for building heads with the place."""

    person = PersonField(
        label="对应人员",
        required=False,
        help_text="新账号是台账中的人时填写，用于核对同一人不兼任监督和办理",
    )
    role = forms.ChoiceField(label="角色")
    place = forms.ChoiceField(label="范围（仅楼道长）", required=False)

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].offer_people(access, community)
        self.fields["role"].choices = [("", "请选择"), *((code, ROLES[code].name) for code in GRANTABLE)]
        self.places = _places(access, community)
        areas = [(key, str(row)) for key, row in self.places.items() if key.startswith("area")]
        stairwells = [(key, str(row)) for key, row in self.places.items() if key.startswith("stairwell")]
        self.fields["place"].choices = [("", "不限"), ("片区和小组", areas), ("楼道", stairwells)]

    @property
    def chosen_place(self) -> dict:
        """The chosen place as arguments of `grant_role`."""
        row = self.places.get(self.cleaned_data["place"])
        return {type(row)._meta.model_name: row} if row else {}


def _places(access, community) -> dict:
    """The community's areas and stairwells by the key of their option."""
    found = {}
    for model in (Area, Stairwell):
        for row in rows(model, access, Permission.ACCOUNTS_GRANT, community):
            found[f"{model._meta.model_name}-{row.pk}"] = row
    return found


class CommunityForm(OnceMixin, RecentPasswordForm):
    """A new community below the own street."""

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
