"""Pages of the party bodies: the tree, its A3 sheet, one body, its posts, and joint meetings."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from community.activities.models import Activity
from community.bodies import panels as body_panels
from community.bodies.models import Body, Post
from community.bodies.registers import BodyRegister
from community.bodies.rights import editable_kinds
from partybuilding.organisations import actions, forms
from partybuilding.organisations.models import JointInvitation
from partybuilding.organisations.papers import chart_paper
from partybuilding.organisations.tree import party_tree
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.form_pages.pages import FormPage
from portal.pdf.rendering import PdfError
from portal.registers.extensions import extensions_of
from portal.registers.panels import Link
from portal.registers.row_links import RowLinks

_TREE = "partybuilding:organisations"
_HEADING = "党组织"


def _tree_link(community) -> Link:
    return Link(_HEADING, community.url(_TREE))


def _tree(request):
    """The tree; a body leads to its page in the register, or to that of the branch for who may not open the register."""
    links, community = RowLinks(request.access, request.community), request.community
    return party_tree(
        request.access,
        community,
        lambda body: links.url(body) or community.url("partybuilding:party_body", row=body.uuid),
    )


@needs(P.BRANCH)
@require_GET
def organisations(request):
    """The party bodies at a glance, and the joint meetings."""
    tree, community = _tree(request), request.community
    nodes = [node for top in tree for node in top.walk()]
    may_edit = request.access.can(P.PARTY, community)
    context = {
        "tree": tree,
        "number": len(nodes),
        "vacancies": sum(node.vacancies for node in nodes),
        "terms_over": sum(node.is_term_over for node in nodes),
        "lost": sum(top.lost for top in tree),
        "may_edit": may_edit,
        "meetings": _joint_meetings(request)[:5] if may_edit else [],
    }
    return render(request, "partybuilding/organisations/organisations.html", context)


def _joint_meetings(request):
    meetings = rows(Activity, request.access, P.PARTY, request.community).filter(kind=actions.JOINT_KIND)
    came = Q(joint_invitations__state=JointInvitation.State.PRESENT)
    counted = meetings.annotate(
        invited=Count("joint_invitations"), came=Count("joint_invitations", filter=came)
    )
    return counted.order_by("-starts_at", "-id")


@needs(P.BRANCH)
@require_GET
def print_chart(request):
    """The tree on one sheet of A3."""
    try:
        return chart_paper(request, _tree(request))
    except PdfError as error:
        messages.error(request, str(error))
        return redirect(request.community.url(_TREE))


@needs(P.BRANCH)
@require_GET
def party_body(request, row):
    """One party body, for who may not open the register: posts, what is below it, and what other features add."""
    access, community = request.access, request.community
    body = get_object_or_404(rows(Body, access, P.BRANCH, community).party(), uuid=row)
    panels = body_panels.of_body(body, access, community, may_change=False, right=P.BRANCH)
    for extension in extensions_of(Body):
        panels += extension.panels(body, access, community)
    facts = (
        ("类别", body.get_kind_display()),
        ("成立日期", body.founded_on),
        ("本届开始", body.term_began_on),
        ("换届日期", body.term_ends_on),
    )
    context = {"body": body, "panels": panels, "facts": facts, "trail": [_tree_link(community)]}
    return render(request, "partybuilding/organisations/body.html", context)


class PostsPage(FormPage):
    """The posts of a party body, all at once."""

    permission = P.BODIES_EDIT
    title = button = "设置职务"
    lead = "填写各职务的职数，不设的留空。任职在组织页面上登记，或由换届选举产生。"
    form_class = forms.PostsForm

    def load(self, row):
        community = self.request.community
        bodies = rows(Body, self.request.access, P.BODIES_EDIT, community)
        self.body = get_object_or_404(bodies.party().current(), uuid=row)
        if self.body.kind not in editable_kinds(self.request.access, community):
            raise PermissionDenied
        self.back = BodyRegister().url("detail", community, self.body)
        self.trail = [_tree_link(community), Link(str(self.body), self.back)]

    def form_arguments(self):
        posts = rows(Post, self.request.access, P.BODIES_EDIT, self.request.community).filter(body=self.body)
        return {"body": self.body, "posts": list(posts.order_by("order", "id"))}

    def perform(self, form):
        posts = actions.set_posts(body=self.body, seats=form.seats())
        self.message = f"{self.body}现设{len(posts)}个职务。"
        return self.back


class JointMeetingCreate(FormPage):
    """Plan a joint party-building meeting."""

    permission = P.PARTY
    form_class = forms.JointMeetingForm
    title, button, message = "召开联席会议", "保存", "联席会议已登记，会后请登记到会情况。"

    def load(self):
        self.back = self.request.community.url(_TREE)
        self.trail = [_tree_link(self.request.community)]

    def form_arguments(self):
        return {"access": self.request.access, "community": self.request.community}

    def perform(self, form):
        names = ("body", "title", "place", "agenda")
        activity = actions.plan_joint_meeting(
            community_id=self.request.community.id,
            starts_at=form.starts(),
            **form.invited(),
            **{name: form.cleaned_data[name] for name in names},
        )
        return self.request.community.url("partybuilding:joint_meeting", row=activity.uuid)


class JointMeetingPage(FormPage):
    """A joint meeting: who is invited, and who came."""

    permission = P.PARTY
    form_class = forms.CameForm
    template_name = "partybuilding/organisations/joint_meeting.html"
    button, message = "登记到会", "到会情况已登记。"
    leave = "返回党组织"

    def load(self, row):
        access, community = self.request.access, self.request.community
        meetings = rows(Activity, access, P.PARTY, community).filter(kind=actions.JOINT_KIND)
        self.activity = get_object_or_404(meetings.select_related("body", "venue"), uuid=row)
        self.title = self.activity.title
        self.back = community.url(_TREE)
        self.trail = [_tree_link(community)]

    def form_arguments(self):
        invitations = rows(JointInvitation, self.request.access, P.PARTY, self.request.community)
        invitations = invitations.filter(activity=self.activity).select_related("body", "unit")
        return {"invitations": list(invitations), "initial": {"version": self.activity.version}}

    def extra_context(self, form):
        links = RowLinks(self.request.access, self.request.community)
        return {"activity": self.activity, "activity_url": links.url(self.activity)}

    def perform(self, form):
        actions.record_joint_meeting(
            activity=self.activity, seen=form.cleaned_data["version"] or 0, came=form.came()
        )
        return self.request.path
