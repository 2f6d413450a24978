"""Phone pages on which a building head tells of a problem, and sees what became of it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRedirect

from portal.access.permissions import Permission
from portal.access.views import needs
from portal.form_pages.pages import FormPage
from residents.head_reports.views.phone import page, stairwells_of
from services.head_requests.actions import send_request, sent_requests
from services.head_requests.forms import HeadRequestForm


class SendPage(FormPage):
    """反映问题: becomes a request that the committee takes up and answers."""

    permission = Permission.DOORS
    template_name = "services/head_requests/send.html"
    repeated_message = "这个问题已经收到，没有重复登记。"

    def load(self):
        self.stairwells = list(stairwells_of(self.request).select_related("community"))
        if self.stairwells:
            return None
        messages.error(self.request, "还没有分配楼道，请联系社区工作人员。")
        return redirect("residents:head_stairwells")

    def form_class(self, **kwargs):
        chosen = self.request.GET.get("stairwell") or str(self.stairwells[0].uuid)
        return HeadRequestForm(stairwells=self.stairwells, initial={"stairwell": chosen}, **kwargs)

    def perform(self, form) -> str:
        data = form.cleaned_data
        stairwell = form.stairwells[data["stairwell"]]
        request = send_request(
            by=self.request.user,
            stairwell=stairwell,
            text=data["text"],
            place=f"{stairwell.label}{data['where']}",
            name=data["name"],
            phone=data["phone"],
            photos=data["photos"],
        )
        self.message = f"已反映，编号是{request.year}年第{request.number}号。社区办理后会在这里告诉您结果。"
        return f"{reverse('services:head_requests')}?sent={data['token']}"

    def respond(self, url: str):
        """Redirect; htmx is told to open the page, because following the redirect itself loses the message."""
        return HttpResponseClientRedirect(url) if self.request.htmx else redirect(url)

    def respond_again(self, url: str):
        messages.info(self.request, self.repeated_message)
        return self.respond(url)

    def show(self, form, status: int = 200):
        return page(self.request, self.template_name, self.context(form), status)


@needs(Permission.DOORS)
@require_GET
def sent(request):
    """The head's own requests: number, state, and what the resident was told."""
    return page(request, "services/head_requests/sent.html", {"lines": sent_requests()})
