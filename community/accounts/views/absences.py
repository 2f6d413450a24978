"""Absences: one's own; the director enters them for others, too (不在岗)."""

from django import forms
from django.shortcuts import get_object_or_404
from django.utils import timezone

from community.accounts.absences import end_absence, set_absence
from community.accounts.colleague_field import ColleagueField
from community.accounts.colleagues import colleagues
from community.accounts.models import Absence
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.form_pages.pages import ActionPage, FormPage
from portal.forms.forms import PlainForm
from portal.hooks.menu import DeskArea
from portal.values.dates import prose_date

MOST_DAYS = 366


def _day(label: str, missing: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": missing, "invalid": "日期应为年-月-日，如：2026-12-01。"},
    )


class AbsenceForm(PlainForm):
    """Days away and the deputy; the director chooses whose."""

    user = ColleagueField(label="谁不在岗", error_messages={"required": "请选择不在岗的人。"})
    start = _day("第一天", "请填写第一天。")
    end = _day("最后一天", "请填写最后一天。", "这一天仍由代办人办理，次日自动结束")
    deputy = ColleagueField(
        label="代办人",
        help_text="代办人的待办里出现您承办的事项和任务；代办人只看到自己的岗位有权办理的",
        error_messages={"required": "请选择代办人。"},
    )

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = access.user
        self.fields["start"].initial = timezone.localdate
        users = colleagues(community.id, P.TASKS)
        self.fields["deputy"].offer_users(users, [("", "请选择")])
        self.fields["user"].offer_users(users, [])
        self.fields["user"].initial = access.user.pk
        if not access.can(P.ACCOUNTS_GRANT, community):
            del self.fields["user"]

    def clean_start(self):
        start = self.cleaned_data["start"]
        if start < timezone.localdate():
            raise forms.ValidationError("第一天不能早于今天。")
        return start

    def clean(self):
        data = super().clean()
        data.setdefault("user", None if "user" in self.fields else self.user)
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", "最后一天不能早于第一天。")
        elif start and end and (end - start).days > MOST_DAYS:
            self.add_error("end", "一次最多登记一年，请核对日期。")
        if data.get("deputy") and data["deputy"] == data.get("user"):
            self.add_error("deputy", "代办人不能是本人。")
        return data


class AbsencePage(FormPage):
    """One's absences of today and later, and a new one; the director sees everybody's."""

    permission = P.TASKS
    form_class = AbsenceForm
    template_name = "community/accounts/absences.html"
    title, button, leave = "不在岗", "登记", "返回"
    lead = "不在岗期间，您承办的诉求和任务由代办人看到和办理，记录上注明“代”。到期自动结束。"

    def load(self):
        self.back = self.request.community.url("community:desk_area", area=DeskArea.TODAY)

    def form_arguments(self):
        return {"access": self.request.access, "community": self.request.community}

    def perform(self, form) -> str:
        fields = {name: form.cleaned_data[name] for name in ("user", "deputy", "start", "end")}
        absence = set_absence(by=self.request.user, community_id=self.request.community.id, **fields)
        days = f"{prose_date(absence.start)}至{prose_date(absence.end)}"
        self.message = f"已登记：{absence.user.name}{days}不在岗，由{absence.deputy.name}代办。"
        return self.request.path

    def extra_context(self, form):
        return {"absences": own_absences(self.request).not_over().select_related("user", "deputy")}


def own_absences(request):
    """The absences that the user may enter and end."""
    absences = rows(Absence, request.access, P.TASKS, request.community)
    everybody = request.access.can(P.ACCOUNTS_GRANT, request.community)
    return absences if everybody else absences.filter(user=request.user)


class AbsenceEnd(ActionPage):
    """End an absence early, or take one back that has not begun."""

    permission = P.TASKS

    def load(self, absence):
        self.back = self.request.community.url("community:absence_list")
        self.absence = get_object_or_404(own_absences(self.request).select_related("user"), uuid=absence)

    def perform(self) -> str:
        end_absence(absence=self.absence, today=timezone.localdate())
        self.message = f"{self.absence.user.name}的这次不在岗已结束，代办人不再看到其承办的事项。"
        return self.back
