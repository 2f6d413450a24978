"""Bulletin pages of the committee: list of months, detail page, and draft editing."""

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property

from community.accounts.colleagues import colleague_label, colleagues
from community.bulletins.actions import workflow as actions
from community.bulletins.changes_since_submission import differences, frozen_early
from community.bulletins.findings import findings_of
from community.bulletins.forms.editing import (
    BoardsForm,
    BulletinCorrectionForm,
    BulletinFilter,
    DecisionForm,
    MarksForm,
)
from community.bulletins.models.bulletin import Bulletin, BulletinVersion
from community.bulletins.notice_state import PublishedBulletin, published_bulletins
from community.bulletins.review_items import ItemReview, item_reviews
from community.bulletins.rules import due_on, is_expected
from community.bulletins.views.context import committee_context
from community.bulletins.views.lookup import bulletin_of, bulletin_url
from community.bulletins.views.review import review_context
from community.communities.models import Community
from community.objections.models import Objection
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.form_pages.pages import ActionPage, FormPage
from portal.values.months import last_months, month_before, month_word, months_of, parse_month

MONTHS = 12
State = Bulletin.State


def _rights(request) -> dict[str, bool]:
    access, community = request.access, request.community
    return {
        "may_draft": access.can(P.BULLETIN_DRAFT, community),
        "may_supervise": access.can(P.BULLETIN_SUPERVISE, community),
        "may_approve": access.can(P.BULLETIN_APPROVE, community),
        "may_see_objections": access.can(P.OBJECTIONS, community),
    }


def _published(request, **of) -> dict:
    """Month → `PublishedBulletin`, filtered by `of`."""
    access, community = request.access, request.community
    versions = rows(BulletinVersion, access, P.BULLETIN_VIEW, community).filter(**of)
    versions = versions.select_related("notice", "published_by").defer("snapshot")
    return published_bulletins(versions, rows(Objection, access, P.BULLETIN_VIEW, community))


@needs(P.BULLETIN_VIEW)
def bulletin_list(request):
    """The last twelve months and older bulletins, newest first; filtered by year and state."""
    today, community = timezone.localdate(), request.community
    bulletins = {b.month: b for b in rows(Bulletin, request.access, P.BULLETIN_VIEW, community)}
    since = min([community.opened_on.year, today.year, *(month.year for month in bulletins)])
    form = BulletinFilter(request.GET, years=list(range(today.year, since - 1, -1)))
    chosen = form.cleaned_data if form.is_valid() else {"year": None, "state": ""}
    if chosen["year"]:
        months = {*months_of(chosen["year"], today), *(m for m in bulletins if m.year == chosen["year"])}
    else:
        months = {*last_months(today, MONTHS), *bulletins}
    published = _published(request)
    lines = [
        _month_row(month, bulletins.get(month), published.get(month), community, today)
        for month in sorted(months, reverse=True)
    ]
    # A month without a draft has no row, so the state is filtered here; a community has few months.
    lines = [line for line in lines if chosen["state"] in ("", line["code"])]
    return render(
        request, "community/bulletins/list.html", {"lines": lines, "form": form, **_rights(request)}
    )


def _month_row(
    month, bulletin: Bulletin | None, published: PublishedBulletin | None, community, today
) -> dict:
    """Row of the list: the month's state (`code`, of `BulletinFilter`) and its label."""
    if bulletin is None:
        code, word = "none", "未起草"
    elif published is None:
        code, word = bulletin.state, bulletin.get_state_display()
    elif bulletin.state != State.PUBLISHED:
        code, word = "correcting", f"更正{bulletin.get_state_display()}"
    else:
        code, word = published.notice_state(today), published.word(today)
    return {
        "month": month,
        "bulletin": bulletin,
        "published": published,
        "code": code,
        "word": word,
        "due": due_on(month),
        "expected": is_expected(month, community.opened_on),
        "overdue": today > due_on(month),
    }


class BulletinStart(ActionPage):
    """Start the draft of a month; a second starter is redirected to the existing draft."""

    permission = P.BULLETIN_DRAFT

    def load(self):
        self.back = bulletin_url(self.request, "list")

    def perform(self) -> str:
        request = self.request
        community = get_object_or_404(
            rows(Community, request.access, self.permission), id=request.community.id
        )
        try:
            month = parse_month(request.POST.get("month", ""))
            actions.start_bulletin(community=community, month=month, by=request.user)
        except ValueError as error:
            raise actions.BulletinError("请从列表中选择要起草的月份。") from error
        except actions.AlreadyStarted as started:
            messages.info(request, started.sentence)
            return bulletin_url(request, "detail", month=month)
        self.message = f"{month_word(month)}公开已开始起草。"
        return bulletin_url(request, "edit", month=month)


@needs(P.BULLETIN_VIEW)
def last_bulletin(request):
    """Last month's bulletin; the list, where it is started, while there is none."""
    month = month_before(timezone.localdate())
    bulletins = rows(Bulletin, request.access, P.BULLETIN_VIEW, request.community)
    has_begun = bulletins.filter(month=month).exists()
    return redirect(
        bulletin_url(request, "detail", month=month) if has_begun else bulletin_url(request, "list")
    )


@needs(P.BULLETIN_VIEW)
def bulletin_detail(request, month):
    """The content as readers get it, and this user's next step."""
    return detail_page(request, bulletin_of(request, month))


def detail_page(request, bulletin: Bulletin, *, marks=None, status=200, **shown) -> HttpResponse:
    """Detail page of a bulletin. `marks` and `shown`: the forms and the sentence of a refused step."""
    published = _published(request, month=bulletin.month).get(bulletin.month)
    rights = _rights(request)
    prefetch_related_objects([bulletin], "files")  # in the snapshot and among the findings
    editors = _editors(bulletin)
    own_work = _is_among(editors, request.user)
    context = {
        "bulletin": bulletin,
        **committee_context(request, bulletin, published.newest if published else None),
        "versions": published.versions if published else (),
        "standing": published.word(timezone.localdate()) if published else "",
        "editors": editors,
        "states": State,
        "own_work": own_work,
        "form": DecisionForm(initial={"seen": bulletin.version}),
        "due": due_on(bulletin.month),
        "correction": bulletin.open_correction if published else None,
        "findings": [],
        "reason_lines": [],
        "review": None,
        "early": frozen_early(bulletin),
        "differences": differences(bulletin),
        "other_approvers": _other_approvers(request, editors) if own_work and rights["may_approve"] else (),
        **rights,
    }
    if bulletin.state == State.PUBLISHED:
        context |= {"dated": published.newest.published_at, "correction_form": BulletinCorrectionForm()}
    else:
        snapshot = context["snapshot"]
        may_mark = bulletin.state == State.REVIEW and rights["may_supervise"] and not own_work
        context |= {"dated": None, "may_mark": may_mark}
        marks = marks or MarksForm(lines=item_reviews(bulletin, snapshot), user=request.user)
        findings = findings_of(bulletin, snapshot)
        if may_mark:
            review = review_context(snapshot, marks, findings, context["differences"])
            context |= {"review": review, "differences": review.differences}
            context["findings"] = review.findings
        else:
            context["reason_lines"] = _attach_reviews(snapshot, marks.lines)
            context["findings"] = findings
    return render(request, "community/bulletins/detail.html", context | shown, status=status)


def _editors(bulletin: Bulletin) -> list:
    return [editor.user for editor in bulletin.editors.select_related("user")]


def _other_approvers(request, editors: list) -> list[str]:
    """Other users who may approve a bulletin, in words, shown to an editor who may not."""
    able = colleagues(request.community.id, P.BULLETIN_APPROVE)
    others = [user for user in able if user != request.user and not _is_among(editors, user)]
    return [colleague_label(user) for user in others]


def _is_among(editors: list, user) -> bool:
    return any(user.same_person_as(editor) for editor in editors)


def _attach_reviews(snapshot: dict, lines: list[ItemReview]) -> list[dict]:
    """Attach to each part of the snapshot its `review` lines with their marks; returns those of a correction's reason."""
    reviews = [
        {"line": line, "verdict": None, "remark": None} for line in lines if line.marks or line.outdated
    ]
    for part in snapshot["parts"]:
        part["review"] = [each for each in reviews if each["line"].item.part == part["key"]]
    return [each for each in reviews if not each["line"].item.part]


class BulletinDetailForm(FormPage):
    """Base: one of the forms on the detail page, sent to an address of its own."""

    form_name = "form"
    """Name of the form in the template."""

    def load(self, month):
        self.bulletin = bulletin_of(self.request, month, self.permission)
        self.back = bulletin_url(self.request, "detail", month=month)

    def show(self, form, status: int = 200):
        shown = {self.form_name: form} | self.extra_context(form)
        return detail_page(self.request, self.bulletin, status=status, **shown)


class BulletinEdit(FormPage):
    """Edit the three boards. An edit conflict shows both texts with status 409; nothing is overwritten.

    The buttons that copy last month's text redisplay the page with it.
    """

    permission = P.BULLETIN_DRAFT
    form_class = BoardsForm
    template_name = "community/bulletins/edit.html"
    message = "公开栏已保存。"

    def load(self, month):
        self.bulletin = bulletin_of(self.request, month, self.permission)
        self.back = bulletin_url(self.request, "detail", month=month)
        if self.request.method == "GET" and self.bulletin.state != State.DRAFT:
            messages.error(self.request, actions.WrongState(self.bulletin).sentence)
            return redirect(self.back)
        return None

    def form_arguments(self) -> dict:
        return {"boards": list(self.bulletin.boards.all())}

    def post(self, request, **kwargs):
        if {"copy", "append"} & set(request.POST):
            return self.show(self._with_earlier(self.make_form(request.POST)), copied=True)
        return super().post(request, **kwargs)

    def perform(self, form) -> str:
        actions.save_boards(bulletin=self.bulletin, edits=form.edits(), by=self.request.user)
        return self.back

    def refuse(self, form, refusal):
        if isinstance(refusal, actions.BoardConflict):
            return self.show(form.based_on(refusal.boards), status=409, problem=refusal.sentence)
        return self.show(form, status=422, problem=refusal.sentence)

    @cached_property
    def earlier(self) -> Bulletin | None:
        """Newest earlier bulletin, whose text may be copied."""
        bulletins = rows(Bulletin, self.request.access, self.permission, self.request.community)
        return bulletins.filter(month__lt=self.bulletin.month).order_by("-month").first()

    def _with_earlier(self, form: BoardsForm) -> BoardsForm:
        """The typed text with the requested text of the earlier bulletin; nothing is saved yet."""
        texts = {board.kind: board.text for board in self.earlier.boards.all()} if self.earlier else {}
        wish = {name: self.request.POST.get(name, "") for name in ("copy", "append")}
        return form.with_earlier({kind: text for kind, text in texts.items() if text}, **wish)

    def show(self, form, status: int = 200, **shown):
        context = {"form": form, "bulletin": self.bulletin, "earlier": self.earlier, **_rights(self.request)}
        if context["may_approve"]:
            context["other_approvers"] = _other_approvers(self.request, _editors(self.bulletin))
        return render(self.request, self.template_name, context | shown, status=status)
