"""Workflow steps of a bulletin: submit, review items, approve, waive findings, correct."""

from django.contrib import messages
from django.urls import reverse

from community.bulletins.actions import review
from community.bulletins.actions import workflow as actions
from community.bulletins.changes_since_submission import frozen_early
from community.bulletins.forms.editing import BulletinCorrectionForm, DecisionForm, MarksForm, WaiverForm
from community.bulletins.models.bulletin import Bulletin
from community.bulletins.review_items import item_reviews
from community.bulletins.snapshot import take_snapshot
from community.bulletins.tasks import publish_bulletin
from community.bulletins.views.drafts import BulletinDetailForm
from community.bulletins.views.lookup import bulletin_url
from portal.access.permissions import Permission as P
from portal.jobs.jobs import enqueue
from portal.values.dates import prose_date


class BulletinStep(BulletinDetailForm):
    """Base: a step, taken for the version that was on the page. A refusal shows the page as it is now, with the input."""

    form_class = DecisionForm
    problem = ""

    def form_arguments(self) -> dict:
        remark = self.request.POST.get("remark", "")
        return {"initial": {"seen": self.bulletin.version, "remark": remark}}

    def refuse(self, form, refusal):
        self.bulletin.refresh_from_db()
        self.problem = refusal.sentence
        return self.show(self.make_form(), status=422)

    def extra_context(self, form) -> dict:
        return {"problem": self.problem, "marks": self.marks(form.data or self.request.POST)}

    def marks(self, data) -> MarksForm | None:
        """Form of the submitted marks for the current items; None outside review."""
        if self.bulletin.state != Bulletin.State.REVIEW or not data:
            return None
        lines = item_reviews(self.bulletin, take_snapshot(self.bulletin))
        return MarksForm(data, lines=lines, user=self.request.user)

    def perform(self, form) -> str:
        seen, remark = form.cleaned_data["seen"], form.cleaned_data["remark"]
        return self.step({"bulletin": self.bulletin, "seen_version": seen}, remark) or self.back

    def step(self, seen: dict, remark: str) -> str | None:
        """Take the step. `seen`: the bulletin and its version on the page. Returns a URL other than the detail page's."""
        raise NotImplementedError


class BulletinSubmit(BulletinStep):
    permission = P.BULLETIN_DRAFT
    message = "已提交居务监督委员会审核。"

    def step(self, seen, remark):
        actions.submit(**seen, by=self.request.user)
        self.bulletin.refresh_from_db()
        if last := frozen_early(self.bulletin):
            ends = f"本月到{prose_date(last)}才结束"
            messages.warning(self.request, f"{ends}，此后到月底的变动不在本期数字中，记入下期“补登”。")


class BulletinReview(BulletinStep):
    """Save marks of the supervision committee, and optionally agree to or return the bulletin."""

    permission = P.BULLETIN_SUPERVISE

    def step(self, seen, remark):
        decided = seen | {"by": self.request.user}
        marks = self.marks(self.request.POST)
        if marks is None:
            raise actions.WrongState(self.bulletin)
        if not marks.is_valid():
            raise actions.BulletinError("意见最多300字，请写短一些。")
        count = review.mark_items(**decided, marks=marks.marks())
        decision = self.request.POST.get("decision")
        if decision == "all":
            if count:
                self.message = f"已保存{count}项审核意见。"
            return bulletin_url(self.request, "agree_all", month=self.bulletin.month)
        if decision == "agree":
            actions.agree(**decided, remark=remark)
            self.message = "审核已通过，待主任批准。"
        elif decision == "return":
            actions.return_from_review(**decided, remark=remark)
            self.message = "已退回起草人修改。"
        elif count:
            self.message = f"已保存{count}项审核意见，其余条目可以以后再审。"
        else:
            messages.info(self.request, "没有新的审核意见。请在条目旁选“同意”或“不同意”。")
        return None


class BulletinApprove(BulletinStep):
    """Approve, or return with a remark. The PDF is rendered by a background job, whose page links back."""

    permission = P.BULLETIN_APPROVE

    def step(self, seen, remark):
        decided = seen | {"by": self.request.user}
        if self.request.POST.get("decision") != "publish":
            actions.return_from_approval(**decided, remark=remark)
            self.message = "已退回起草人修改。"
            return None
        actions.check_publish(**decided)
        community = self.request.community
        job = enqueue(
            publish_bulletin,
            community_id=community.id,
            user_id=self.request.user.pk,
            title=f"发布{self.bulletin}公开",
            bulletin_id=self.bulletin.pk,
            seen=seen["seen_version"],
        )
        return reverse("portal:job_detail", kwargs={"community": community.code, "job": job.uuid})


class BulletinWaive(BulletinDetailForm):
    """Waive a finding with the director's reason."""

    permission = P.BULLETIN_APPROVE
    form_class = WaiverForm
    form_name = "waiver_form"
    message = "已记录公开理由。"

    def perform(self, form) -> str:
        key, reason = form.cleaned_data["key"], form.cleaned_data["reason"]
        review.waive(bulletin=self.bulletin, by=self.request.user, key=key, reason=reason)
        return self.back


class BulletinCorrect(BulletinDetailForm):
    """Start a correction of a published bulletin; a second starter is refused."""

    permission = P.BULLETIN_DRAFT
    form_class = BulletinCorrectionForm
    form_name = "correction_form"
    message = "已发起更正。新版公开之前，原来的版本仍然公开。"

    def perform(self, form) -> str:
        review.start_correction(
            bulletin=self.bulletin, reason=form.cleaned_data["reason"], by=self.request.user
        )
        return self.back


class BulletinCorrectDrop(BulletinStep):
    """Drop a correction before its publication."""

    permission = P.BULLETIN_DRAFT
    message = "已放弃更正，公开的版本不变。"

    def step(self, seen, remark):
        review.drop_correction(**seen)


class BulletinRecompute(BulletinStep):
    """Recompute the numbers of a correction."""

    permission = P.BULLETIN_DRAFT
    message = "已按台账重新计算，请核对数字。"

    def step(self, seen, remark):
        review.recompute_sections(**seen, by=self.request.user)
