"""Pages of proposals: taking one in, and its page."""

from portal.access.permissions import Permission as P
from portal.cases.views import CaseView
from portal.form_pages.pages import FormPage
from portal.registers.panels import Link
from services.proposals.actions import take_proposal
from services.proposals.forms import ProposalForm
from services.proposals.registers import ProposalRegister


class ProposalCreate(FormPage):
    """Take a proposal in."""

    permission = P.PROPOSALS
    form_class = ProposalForm
    title, button, message = "登记建议提案", "登记", "已登记，请交办。"

    def load(self):
        self.register = ProposalRegister()
        self.back = self.register.url("list", self.request.community)
        self.trail = [Link(self.register.heading, self.back)]

    def perform(self, form):
        data = {name: form.cleaned_data[name] for name in ProposalForm.base_fields}
        proposal = take_proposal(by=self.request.user, community_id=self.request.community.id, **data)
        return self.register.url("detail", self.request.community, proposal)


class ProposalView(CaseView):
    """A proposal, with its text first."""

    register = ProposalRegister()
    template = "services/proposals/detail.html"
