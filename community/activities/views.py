"""Pages of an activity: who is expected, who came, making up, cancellation, the printed minutes."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from community.activities import actions
from community.activities.forms import InviteForm, MakeUpForm, ReasonForm, TakeOffForm
from community.activities.minutes import minutes_pdf
from community.activities.models import Activity, Attendance
from community.activities.record_form import RecordForm
from community.activities.registers import ActivityRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.form_pages.pages import FormPage
from portal.forms.forms import PlainForm
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import PdfError
from portal.registers.panels import Link
from portal.registers.views import RegisterView, row_of_page


class ActivityPage(FormPage):
    """Base: a form about one activity."""

    permission = P.ACTIVITIES
    register = ActivityRegister()

    def load(self, row):
        self.set_activity(row_of_page(self.register, self.request, row, self.permission))

    def set_activity(self, activity: Activity) -> None:
        self.activity = activity
        self.back = self.register.url("detail", self.request.community, activity)
        lists = self.register.url("list", self.request.community)
        self.trail = [Link(self.register.heading, lists), Link(str(activity), self.back)]


class InvitePage(ActivityPage):
    """More people for the list; they sign up where the activity asks for that."""

    form_class = InviteForm

    def load(self, row):
        super().load(row)
        self.title = "登记报名" if self.activity.signup_open_until else "增加应到人员"
        self.button = "保存"

    def form_arguments(self):
        return {
            "activity": self.activity,
            "access": self.request.access,
            "community": self.request.community,
        }

    def perform(self, form):
        person = form.cleaned_data.get("person")
        if person and self.activity.signup_open_until and not form.cleaned_data.get("members"):
            actions.sign_up(activity=self.activity, person=person)
            self.message = f"{person.name}已报名。"
            return self.back
        people = {person.pk} if person else set()
        if form.cleaned_data.get("members"):
            people |= actions.participants_of(self.activity)
        added = actions.expect(activity=self.activity, people=people)
        self.message = f"名单增加{len(added)}人。" if added else "这些人员已在名单中。"
        return self.back


class RecordPage(ActivityPage):
    """Who came: one row a person, sent at once."""

    form_class = RecordForm
    template_name = "community/activities/record.html"
    title = "登记到会"
    lead = "逐人选择；只登记请假和缺席的，再按“其余全部到会”。"

    def load(self, row):
        super().load(row)
        lines = rows(Attendance, self.request.access, P.ACTIVITIES, self.request.community)
        lines = lines.filter(activity=self.activity).select_related("person")
        self.lines = list(lines.order_by("person__name_key", "id"))

    def form_arguments(self):
        return {
            "lines": self.lines,
            "access": self.request.access,
            "community": self.request.community,
        }

    def perform(self, form):
        activity = actions.record(
            by=self.request.user,
            activity=self.activity,
            states=form.states,
            also_present=form.also_present,
            seen_version=form.cleaned_data["version"],
        )
        self.message = f"{activity}的到会情况已登记。"
        return self.back


class CancelPage(ActivityPage):
    """An activity is called off."""

    form_class = ReasonForm
    title = button = "取消活动"
    leave = "不取消"

    def perform(self, form):
        activity = actions.cancel(activity=self.activity, reason=form.cleaned_data["reason"])
        self.message = f"{activity}已取消。"
        return self.back


class RestorePage(ActivityPage):
    """Take a cancellation back."""

    form_class = PlainForm
    title = button = "恢复活动"
    lead = "恢复后，活动回到计划中，应到名单保留。"

    def perform(self, form):
        self.message = f"{actions.restore(activity=self.activity)}已恢复。"
        return self.back


class _LinePage(ActivityPage):
    """Base: a form about one line of a list."""

    def load(self, attendance):
        lines = rows(Attendance, self.request.access, P.ACTIVITIES, self.request.community)
        lines = lines.select_related("person", "activity__body", "activity__venue")
        self.line = get_object_or_404(lines, uuid=attendance)
        self.set_activity(self.line.activity)
        self.lead = self.line.person.name


class MakeUpPage(_LinePage):
    """Somebody who did not come has made up for it."""

    form_class = MakeUpForm
    title = button = "登记补学"

    def perform(self, form):
        actions.make_up(by=self.request.user, attendance=self.line, **_fields(form, "on", "how"))
        self.message = f"{self.line.person.name}已登记补学。"
        return self.back


class TakeOffPage(_LinePage):
    """Somebody is no longer expected."""

    form_class = TakeOffForm
    title = button = "移出名单"

    def perform(self, form):
        actions.take_off(attendance=self.line, **_fields(form, "reason"))
        self.message = f"{self.line.person.name}已移出名单。"
        return self.back


def _fields(form, *names: str) -> dict:
    return {name: form.cleaned_data[name] for name in names}


class MinutesView(RegisterView):
    """The minutes (会议记录) as a PDF in official layout."""

    register = ActivityRegister()

    def get(self, request, row):
        activity = self.get_row()
        try:
            pdf = minutes_pdf(activity, request.access, request.community)
        except PdfError as error:
            messages.error(request, str(error))
            return redirect(self.url("detail", activity))
        log_request(request, AccessLog.Action.PRINT, Activity, [activity.pk], reason="会议记录")
        return download_of_today(pdf, f"会议记录{activity.title}", "pdf")
