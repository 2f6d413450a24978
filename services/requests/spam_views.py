"""Suspected requests in one list, freed or rejected several at a time; and the rejected ones that may be restored."""

from django.core.paginator import Paginator

from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.form_pages.pages import FormPage
from portal.registers.panels import Link
from services.requests.course import COURSE
from services.requests.models import Request
from services.requests.registers import RequestRegister
from services.requests.spam import MOST, rejected_since, take_steps, undo_days
from services.requests.spam_forms import SpamForm, mark_of


class SuspectedList(FormPage):
    """Suspected requests with their texts and the reasons, the oldest first."""

    permission = P.REQUESTS
    form_class = SpamForm
    template_name = "services/requests/suspected.html"
    title = "疑似垃圾信息"
    steps = (("free", "移入待受理"), ("reject", "不受理"))
    """Steps of the course that the page takes, and their buttons."""
    empty = "没有疑似垃圾信息。"

    def load(self):
        self.back = RequestRegister().url("list", self.request.community)
        self.trail = [Link(RequestRegister().heading, self.back)]
        self.days = undo_days(self.request.community)
        self.lead = (
            "网上提交的诉求，疑似垃圾信息的先列在这里，办理期限照常计算，不会自动删除。请逐件看过："
            f"是居民诉求的移入待受理；不受理的，{self.days}天内可以恢复。"
        )

    def listed(self):
        """The requests of the page, in its order."""
        requests = rows(Request, self.request.access, self.permission, self.request.community)
        return requests.filter(state="suspected").order_by("received_at", "id")

    def form_arguments(self):
        return {"steps": list(self.steps)}

    def perform(self, form):
        seen, step = form.cleaned_data["row"], form.cleaned_data["step"]
        requests = self.listed().filter(uuid__in=seen)
        versions = {request: seen[request.uuid] for request in requests}
        taken = take_steps(by=self.request.user, seen=versions, step=step)
        self.message = f"{taken}件{COURSE.by_name[step].done}。" if taken else ""
        if left := len(seen) - taken:
            self.message += f"另有{left}件刚刚有了变化，没有处理，请再看一看。"
        return self.request.path

    def extra_context(self, form):
        page = Paginator(self.listed(), MOST).get_page(self.request.GET.get("page"))
        return {
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            "lines": [
                (mark_of(row), row, RequestRegister().url("detail", self.request.community, row))
                for row in page.object_list
            ],
            "ticked": form["row"].value() or (),
            "steps": self.steps,
            "empty": self.empty,
            "other": self.other(),
        }

    def other(self) -> Link:
        """The list of what was rejected, or back from it."""
        return Link("不受理的，可以恢复", self.request.community.url("services:request_rejected"))


class RejectedList(SuspectedList):
    """Rejected requests that may still be restored, the latest first."""

    title = "不受理的诉求"
    steps = (("restore", "恢复为待受理"),)
    empty = "没有可以恢复的诉求。"

    def load(self):
        super().load()
        self.lead = f"{self.days}天内认定为垃圾信息的，可以恢复；过后不能恢复，满一个月删除。"

    def listed(self):
        requests = rows(Request, self.request.access, self.permission, self.request.community)
        since = rejected_since(self.days)
        return requests.filter(state="rejected", ended_at__gte=since).order_by("-ended_at", "-id")

    def other(self):
        return Link("疑似垃圾信息", self.request.community.url("services:request_suspected"))
