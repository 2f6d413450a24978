"""Pages of the steps of an election, and its result as a paper."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET

from community.bodies.models import with_below
from partybuilding.elections import actions, forms, new_term
from partybuilding.elections.models import Election
from partybuilding.elections.papers import result_paper
from partybuilding.elections.registers import ElectionRegister
from partybuilding.elections.results import results_of
from partybuilding.members.choices import Stage
from partybuilding.members.models import Member
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.form_pages.pages import FormPage
from portal.pdf.rendering import PdfError
from portal.registers.panels import Link
from portal.values.dates import prose_date

State = Election.State


def _elections(request, permission: P):
    elections = rows(Election, request.access, permission, request.community)
    return elections.select_related("body", "activity", "community")


class _StepPage(FormPage):
    """Base: a step of an election in one of `states`; in another state the page leads back with a sentence."""

    permission = P.PARTY
    register = ElectionRegister()
    states: tuple[str, ...] = ()

    def load(self, row):
        community = self.request.community
        self.election = get_object_or_404(_elections(self.request, P.PARTY), uuid=row)
        self.back = self.register.url("detail", community, self.election)
        lists = self.register.url("list", community)
        self.trail = [Link(self.register.heading, lists), Link(str(self.election), self.back)]
        if self.election.state not in self.states:
            state = self.election.get_state_display()
            messages.warning(self.request, f"{self.election}现在是“{state}”，不能再办理这一步。")
            return redirect(self.back)
        return None

    def initial(self) -> dict:
        return {}

    def form_arguments(self):
        return {"initial": {"version": self.election.version} | self.initial()}

    def seen(self, form) -> int:
        return form.cleaned_data["version"] or 0


class Candidates(_StepPage):
    """Candidates of an election that is being prepared, one after the other."""

    states = (State.PLANNED,)
    form_class = forms.CandidatesForm
    title = "候选人"
    lead = "一次填写一名；保存后可以接着填写下一名。"
    leave = "返回"

    def form_arguments(self):
        results = results_of(self.election)
        return {
            "access": self.request.access,
            "community": self.request.community,
            "election": self.election,
            "candidates": [c.candidate for each in results.contests for c in each.candidates],
        }

    def perform(self, form):
        data = form.cleaned_data
        actions.change_candidates(
            election=self.election,
            post=data["post"],
            person=data["person"],
            remove=[int(pk) for pk in data.get("remove", ())],
        )
        self.message = f"已增加候选人{data['person'].name}。" if data["person"] else "候选人已移除。"
        return self.request.path


class Notice(_StepPage):
    states = (State.PLANNED,)
    form_class = forms.NoticeForm
    title = button = "登记公告"
    lead = "公告后，候选人和选举日期不能再改；要改的先撤回公告。"

    def initial(self):
        return {"place": self.election.place}

    def perform(self, form):
        data = {name: form.cleaned_data[name] for name in ("on", "at", "place", "notice_place")}
        row = actions.post_notice(election=self.election, seen=self.seen(form), **data)
        self.message = f"已登记公告，选举大会定于{prose_date(row.planned_on)}。"
        return self.back


class Meeting(_StepPage):
    states = (State.NOTICED,)
    form_class = forms.MeetingForm
    title = button = "登记选举大会"

    def initial(self):
        return {"on": self.election.planned_on, "entitled": self._entitled() or None}

    def _entitled(self) -> int:
        """Full members on the roll of the body and those below it, who are neither lost nor away."""
        below = with_below([self.election.body_id], self.request.community.id)
        members = rows(Member, self.request.access, P.BRANCH, self.request.community)
        return members.present().on_roll().filter(stage=Stage.FULL, branch__in=below).count()

    def make_form(self, data=None, files=None):
        form = super().make_form(data, files)
        form.fields["entitled"].help_text = "有选举权的正式党员；失联和流动外出的不计入，请核对"
        return form

    def perform(self, form):
        names = ("on", "entitled", "present", "host", "tellers")
        data = {name: form.cleaned_data[name] for name in names}
        row = actions.record_meeting(election=self.election, seen=self.seen(form), **data)
        self.message = f"{results_of(row).quorum.sentence}。"
        return self.back


class Result(_StepPage):
    """The count. Open until the new term begins, so that a mistake in it can be put right."""

    states = (State.HELD, State.COUNTED)
    form_class = forms.ResultForm
    title = button = "登记计票"

    def form_arguments(self):
        return super().form_arguments() | {"results": results_of(self.election)}

    @property
    def lead(self) -> str:
        return f"应到{self.election.entitled}人，实到{self.election.present}人。反对和弃权没有的可以不填。"

    def perform(self, form):
        actions.record_result(election=self.election, seen=self.seen(form), tallies=form.tallies())
        self.message = "计票已登记。"
        return self.back


class SecondBallot(_StepPage):
    states = (State.COUNTED,)
    form_class = forms.VersionForm
    title = button = "再次投票"
    lead = "就票数相等、不能确定当选人的候选人再次投票，随后登记计票。"

    def perform(self, form):
        actions.call_second_ballot(election=self.election, seen=self.seen(form))
        self.message = "请登记再次投票的计票。"
        return self.back


class Office(_StepPage):
    states = (State.COUNTED,)
    form_class = forms.OfficeForm
    title = button = "办理到任"
    lead = "当选人自到任日期起任职，上届任职人员在这一天届满离任，新一届任期开始。"

    def perform(self, form):
        data = {name: form.cleaned_data[name] for name in ("on", "document")}
        row = new_term.take_office(election=self.election, seen=self.seen(form), **data)
        self.message = f"{row.body}新一届已到任。书记有变动的，请同时调整账号岗位。"
        return self.back


class Back(_StepPage):
    """Take the last step back."""

    states = (State.NOTICED, State.HELD, State.COUNTED, State.VOID, State.FILLED)
    form_class = forms.VersionForm
    title = button = "撤回上一步"

    @property
    def lead(self) -> str:
        if self.election.state == State.FILLED:
            return "撤回到任：当选人的任职删除，上届任职人员和任期恢复。"
        return f"现在是“{self.election.get_state_display()}”，撤回后回到上一步，变更记录保留。"

    def perform(self, form):
        act = new_term.take_back_term if self.election.state == State.FILLED else actions.take_back
        row = act(election=self.election, seen=self.seen(form))
        self.message = f"已撤回，现在是“{row.get_state_display()}”。"
        return self.back


@needs(P.BRANCH)
@require_GET
def print_result(request, row):
    """选举结果 as a PDF."""
    states = (State.COUNTED, State.FILLED, State.VOID)
    election = get_object_or_404(_elections(request, P.BRANCH).filter(state__in=states), uuid=row)
    try:
        return result_paper(request, election)
    except PdfError as error:
        messages.error(request, str(error))
        return redirect(ElectionRegister().url("detail", request.community, election))
