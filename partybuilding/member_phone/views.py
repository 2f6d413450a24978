"""Phones of party members in the office (党员手机): print slips of a branch in one PDF, revoke phones."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from community.accounts.slips import SlipPage
from community.activities.door_codes import door_code
from community.activities.registers import ActivityRegister
from community.phones import actions as phone_actions
from partybuilding.member_phone.forms import SlipsForm
from partybuilding.member_phone.holders import PhoneHolder, holders_of, phones_of_members
from partybuilding.member_phone.slips import slips_pdf
from partybuilding.member_phone.tasks import AT_ONCE, request_slips
from portal.access.permissions import Permission as P
from portal.access.views import needs
from portal.form_pages.pages import ActionPage
from portal.forms.refusals import Refusal
from portal.pages.absolute_urls import absolute_url
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import PdfError
from portal.registers.views import row_of_page
from portal.values.qr_codes import qr_code

STATES = {"unbound": "未绑定", "printed": "已发绑定单", "bound": "已绑定"}


def _list_url(request) -> str:
    return request.community.url("partybuilding:member_phones")


@needs(P.BRANCH)
@require_GET
def phone_list(request):
    """Members with the state of their phones; of one branch, by name."""
    words, branch = request.GET.get("q", "").strip(), request.GET.get("branch", "")
    state = request.GET.get("state", "")
    everybody = holders_of(request.access, request.community)
    holders = [holder for holder in everybody if _matches(holder, words, branch, state)]
    context = {
        "holders": holders,
        "bound": sum(holder.bound is not None for holder in everybody),
        "count": len(everybody),
        "open": sum(not holder.blocked for holder in holders),
        "branches": dict.fromkeys(holder.member.branch for holder in everybody),
        "query": words,
        "branch": branch,
        "state": state,
        "states": STATES.items(),
    }
    return render(request, "partybuilding/member_phone/list.html", context)


def _matches(holder: PhoneHolder, words: str, branch: str, state: str) -> bool:
    if words not in holder.name or (branch and branch != str(holder.member.branch.uuid)):
        return False
    is_so = {"bound": holder.bound, "printed": holder.printed, "unbound": not holder.bound}
    return bool(is_so.get(state, True))


@needs(P.ACTIVITIES)
@require_GET
def door_sheet(request, activity):
    """The code of an activity for its door, to be shown or printed: members scan it with the phone that is bound."""
    register = ActivityRegister()
    activity = row_of_page(register, request, activity, P.ACTIVITIES)
    code = door_code(activity.uuid)
    link = f"{absolute_url('partybuilding:member_sign_in', activity=activity.uuid)}?code={code}"
    context = {
        "activity": activity,
        "code": code,
        "qr": qr_code(link),
        "back": register.url("detail", request.community, activity),
    }
    return render(request, "partybuilding/member_phone/door.html", context)


class MemberSlips(SlipPage):
    """Confirm for all selected members, then answer with their slips as one PDF; missing accounts are created.

    Those of many members are made by a job.
    """

    permission = P.BRANCH
    form_class = SlipsForm
    template_name = "partybuilding/member_phone/confirm.html"
    title, button = "打印党员绑定单", "打印绑定单"
    repeated_message = "这次提交已经办理。绑定单只生成一次，没有拿到的请重新打印。"

    def load(self):
        self.back = _list_url(self.request)
        holders = holders_of(self.request.access, self.request.community)
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        keys, branch = set(sent.getlist("row")), sent.get("branch")
        chosen = [h for h in holders if h.key in keys or (branch and branch == str(h.member.branch.uuid))]
        self.chosen = [holder for holder in chosen if not holder.blocked]
        self.blocked = [holder for holder in chosen if holder.blocked]
        if not self.chosen:
            reasons = "；".join(f"{holder.name}：{holder.blocked}" for holder in self.blocked[:5])
            messages.warning(self.request, reasons or "请先勾选要打印绑定单的党员。")
            return redirect(self.back)
        return None

    def form_arguments(self) -> dict:
        keys = [holder.key for holder in self.chosen]
        return {"request": self.request, "holders": self.chosen, "initial": {"row": keys}}

    def extra_context(self, form) -> dict:
        new = sum(holder.user is None for holder in self.chosen)
        return {"chosen": self.chosen, "blocked": self.blocked, "new": new}

    def perform(self, form) -> str:
        if len(self.chosen) > AT_ONCE:
            job = request_slips(self.chosen, by=self.request.user, community=self.request.community)
            return self.request.community.url("portal:job_detail", job=job.uuid)
        try:
            self.slip = slips_pdf(holders=self.chosen, community=self.request.community, by=self.request.user)
        except PdfError as error:
            raise Refusal(str(error)) from error
        return self.back

    def respond(self, url: str):
        """The PDF, in the response to the POST that issued the slips: links are shown only once."""
        return download_of_today(self.slip, "党员手机绑定单", "pdf") if self.slip else redirect(url)


class MemberPhoneEnd(ActionPage):
    """Revoke a lost phone of a member in one click."""

    permission = P.BRANCH

    def load(self, phone):
        phones = phones_of_members(self.request.access, self.request.community)
        self.phone = get_object_or_404(phones, pk=phone)
        self.back = _list_url(self.request)

    def perform(self) -> str:
        name = self.phone.user.name
        if phone_actions.end_phone(phone=self.phone, by=self.request.user):
            state = "手机绑定已解除，立即生效" if self.phone.bound_at else "绑定单已作废"
            self.message = f"{name}的{state}。"
        else:
            self.message = f"{name}的这部手机此前已解除。"
        return self.back
