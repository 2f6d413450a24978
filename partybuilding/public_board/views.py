"""The board of party bodies: its page for everybody, and the desk's page that publishes it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from community.public_pages.queries import find_community
from partybuilding.duties.models import DutyPost
from partybuilding.public_board.forms import PartyBoardForm
from partybuilding.public_board.models import PartyBoard
from partybuilding.public_board.queries import published_board
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.form_pages.pages import FormPage


@login_not_required
def public_board(request, code):
    """Party bodies with the names of those in office, and duty posts by building as numbers."""
    community = find_community(code)
    board = published_board(community) if community else None
    if board is None:
        raise Http404
    context = {
        "place": community,
        "kinds": [kind.label for kind in DutyPost.Kind],
        "today": timezone.localdate(),
        **board,
    }
    return render(request, "partybuilding/public_board/board.html", context)


class BoardPage(FormPage):
    """Publish the board, or take it back."""

    permission = P.PARTY
    form_class = PartyBoardForm
    template_name = "partybuilding/public_board/desk.html"
    title = "党建公示"
    lead = (
        "公布后，社区的公开页面上显示党组织、职务和现任人员姓名，以及各楼幢的岗位数和在岗数，随登记自动更新。"
        "不显示党员名册、联系方式和其他个人信息；驻区单位的党组织不显示。"
    )

    def load(self):
        community = self.request.community
        self.back = community.url("partybuilding:party_board")
        boards = rows(PartyBoard, self.request.access, P.PARTY, community)
        self.board = boards.first() or PartyBoard(community_id=community.id)

    def form_arguments(self):
        return {
            "instance": self.board,
            "access": self.request.access,
            "community": self.request.community,
        }

    def extra_context(self, form):
        is_published = self.board.pk is not None and self.board.is_published
        url = reverse("partybuilding:public_party", kwargs={"code": self.request.community.code})
        return {"public_url": url if is_published else ""}

    def perform(self, form):
        board = form.save()
        self.message = "党建公示已公布。" if board.is_published else "已保存，党建公示没有公布。"
        return self.back
