"""The administrator's pages of working days (工作日历)."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from portal.access.permissions import Permission
from portal.access.views import needs
from portal.form_pages.pages import FormPage
from portal.forms.forms import PlainForm
from portal.registers.panels import Link
from portal.values.dates import prose_date
from portal.working_days import actions
from portal.working_days.calendar import announced_days, working_calendar
from portal.working_days.entries import all_entries, last_update
from portal.working_days.forms import FIRST, LAST, SpecialDayForm
from portal.working_days.models import SpecialDay

_WEEKDAYS = "一二三四五六日"


def weekday(day) -> str:
    return f"周{_WEEKDAYS[day.weekday()]}"


def _year_of(request) -> int:
    year = request.GET.get("year", "")
    if not year:
        return timezone.localdate().year
    if not (year.isascii() and year.isdigit() and FIRST.year <= int(year[:6]) <= LAST.year):
        raise Http404
    return int(year)


@needs(Permission.DEPLOYMENT)
def working_days(request):
    """The year's days as announced, the administrator's own, and what the last change did to deadlines."""
    year, own = _year_of(request), all_entries()
    replaced = {each.day for each in own}
    context = {
        "year": year,
        "years": [each for each in (year - 1, year + 1) if FIRST.year <= each <= LAST.year],
        "is_known": working_calendar().is_known(timezone.localdate().replace(year=year, month=1, day=1)),
        "announced": [(day, weekday(day.day), day.day in replaced) for day in announced_days(year)],
        "own": [(entry, weekday(entry.day)) for entry in own if entry.day.year == year],
        "elsewhere": sorted({entry.day.year for entry in own} - {year}),
        "update": last_update(),
    }
    return render(request, "portal/working_days/list.html", context)


class SpecialDayPage(FormPage):
    """Enter a day; below it, change one."""

    permission = Permission.DEPLOYMENT
    form_class = SpecialDayForm
    title = "增加一天"
    lead = (
        "以国务院办公厅的通知为准；通知已由系统带有的，不用再录。保存后，所有社区办理中事项的期限重新核定。"
    )
    entry: SpecialDay | None = None

    def load(self):
        self.back = reverse("portal:working_days")
        self.trail = [Link("运行状况", reverse("portal:deployment")), Link("工作日历", self.back)]

    def form_arguments(self):
        return {"instance": self.entry}

    def perform(self, form) -> str:
        data = form.cleaned_data
        fields = {name: data[name] for name in ("day", "is_working", "label")}
        entry = actions.set_day(entry=self.entry, **fields)
        kind = "上班" if data["is_working"] else "放假"
        self.message = (
            f"已设定：{prose_date(data['day'])}{kind}（{entry.label}）。办理中事项的期限正在重新核定。"
        )
        return f"{self.back}?year={data['day'].year}"


class SpecialDayChange(SpecialDayPage):
    title = "修改一天的安排"

    def load(self, entry):
        super().load()
        self.entry = get_object_or_404(SpecialDay, pk=entry)


class SpecialDayDelete(SpecialDayPage):
    """Delete an entry, after it was named on a page of its own."""

    form_class = PlainForm
    title, button = "删除这一天的安排", "删除"

    def load(self, entry):
        super().load()
        self.entry = get_object_or_404(SpecialDay, pk=entry)
        day, kind = self.entry.day, "上班" if self.entry.is_working else "放假"
        self.lead = (
            f"{prose_date(day)}（{weekday(day)}）{kind}，{self.entry.label}。删除后这一天按国务院的安排计算，"
            "所有社区办理中事项的期限重新核定。"
        )

    def form_arguments(self):
        return {}

    def perform(self, form) -> str:
        actions.delete_day(entry=self.entry)
        self.message = f"已删除{prose_date(self.entry.day)}的安排。办理中事项的期限正在重新核定。"
        return f"{self.back}?year={self.entry.day.year}"
