"""Pages of ballots: enter and correct a tally, remove it."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from community.activities.models import Activity, Attendance, counts_by_state
from community.activities.registers import ActivityRegister
from community.activities.views import ActivityPage
from community.ballots import actions
from community.ballots.forms import MORE, BallotForm
from community.ballots.models import Ballot
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.form_pages.pages import ActionPage

TITLES = {
    Ballot.Kind.ELECTION: "登记选举票数",
    Ballot.Kind.APPROVAL: "登记表决票数",
    Ballot.Kind.APPRAISAL: "登记评议票数",
}


class BallotPage(ActivityPage):
    """Base of the pages with a tally."""

    form_class = BallotForm
    template_name = "community/ballots/ballot.html"
    lead = "按唱票、计票的结果填写；数字不一致的，会指出差多少。"
    ballot = None

    def form_arguments(self):
        return {"kind": self.kind, "ballot": self.ballot, "present": self.numbers_of_list()}

    def numbers_of_list(self) -> dict[str, int]:
        """How many were expected and came, as the list of the meeting says, for a new tally."""
        if self.ballot or self.activity.state != Activity.State.HELD:
            return {}
        counts = counts_by_state([self.activity])[self.activity.pk]
        return {"entitled": counts["all"], "present": counts[Attendance.State.PRESENT]}

    def post(self, request, **kwargs):
        if MORE in request.POST:
            form = self.make_form(request.POST)
            return self.show(form, status=200 if form.is_valid() else 422)
        return super().post(request, **kwargs)

    def perform(self, form):
        ballot = actions.save_ballot(
            activity=self.activity,
            values=form.values,
            lines=form.ballot_lines,
            ballot=self.ballot,
            seen_version=form.cleaned_data["version"] if self.ballot else None,
        )
        self.message = f"{ballot}的票数已保存。"
        return self.back


class AddPage(BallotPage):
    """A new tally of a kind."""

    def load(self, row, ballot_kind):
        if ballot_kind not in Ballot.Kind.values:
            raise Http404
        super().load(row)
        self.kind = ballot_kind
        self.title = TITLES[Ballot.Kind(ballot_kind)]


def ballots_of(request):
    """The ballots that this user may see."""
    ballots = rows(Ballot, request.access, P.ACTIVITIES, request.community)
    return ballots.select_related("activity__body", "activity__venue")


class ChangePage(BallotPage):
    """A tally is corrected."""

    def load(self, ballot):
        self.ballot = get_object_or_404(ballots_of(self.request), uuid=ballot)
        self.set_activity(self.ballot.activity)
        self.kind = self.ballot.kind
        self.title = f"更正{self.ballot}"

    def extra_context(self, form):
        return {"delete_url": self.request.community.url("community:ballot_delete", ballot=self.ballot.uuid)}


class DeletePage(ActionPage):
    """A tally that was entered by mistake."""

    permission = P.ACTIVITIES
    message = "票数已删除。"

    def load(self, ballot):
        self.ballot = get_object_or_404(ballots_of(self.request), uuid=ballot)
        self.back = ActivityRegister().url("detail", self.request.community, self.ballot.activity)

    def perform(self):
        actions.remove_ballot(ballot=self.ballot)
        return self.back
