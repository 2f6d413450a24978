"""Bulletin pages of the committee: list of months, detail page, and draft editing."""

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from community.accounts.colleagues import colleagues
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
from community.bulletins.review_items import item_reviews
from community.bulletins.rules import due_on, is_expected
from community.bulletins.views.context import committee_context
from community.bulletins.views.lookup import bulletin_of, bulletin_url
from community.communities.models import Community
from community.objections.models import Objection
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.values.months import last_months, month_word, months_of, parse_month

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


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_start(request):
    """Start the draft of a month; a second starter is redirected to the existing draft."""
    community = get_object_or_404(rows(Community, request.access, P.BULLETIN_DRAFT), id=request.community.id)
    try:
        month = parse_month(request.POST.get("month", ""))
        actions.start_bulletin(community=community, month=month, by=request.user)
    except ValueError:
        messages.error(request, "请从列表中选择要起草的月份。")
        return redirect(bulletin_url(request, "list"))
    except actions.AlreadyStarted as problem:
        messages.info(request, str(problem))
        return redirect(bulletin_url(request, "detail", month=month))
    except actions.BulletinError as problem:
        messages.error(request, str(problem))
        return redirect(bulletin_url(request, "list"))
    messages.success(request, f"{month_word(month)}公开已开始起草。")
    return redirect(bulletin_url(request, "edit", month=month))


@needs(P.BULLETIN_VIEW)
def bulletin_detail(request, month):
    """The content as readers get it, and this user's next step."""
    return detail_page(request, bulletin_of(request, month))


def detail_page(
    request, bulletin: Bulletin, *, form=None, marks=None, problem="", answering=None, status=200
) -> HttpResponse:
    """Detail page of a bulletin, after a refused step with its form, marks and sentence.

    answering: a remark of the street, with the refused form of its answer.
    """
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
        "form": form or DecisionForm(initial={"seen": bulletin.version}),
        "problem": problem,
        "due": due_on(bulletin.month),
        "correction": bulletin.open_correction if published else None,
        "findings": [],
        "reason_lines": [],
        "early": frozen_early(bulletin),
        "differences": differences(bulletin),
        "other_approvers": _other_approvers(request, editors) if own_work and rights["may_approve"] else (),
        **rights,
    }
    if answering:
        context["answered"], context["answer_form"] = answering
    if bulletin.state == State.PUBLISHED:
        context |= {"dated": published.newest.published_at, "correction_form": BulletinCorrectionForm()}
    else:
        snapshot = context["snapshot"]
        may_mark = bulletin.state == State.REVIEW and rights["may_supervise"] and not own_work
        context |= {"dated": None, "may_mark": may_mark}
        context["reason_lines"] = _attach_reviews(request, bulletin, snapshot, marks, may_mark)
        context["findings"] = findings_of(bulletin, snapshot)
    return render(request, "community/bulletins/detail.html", context, status=status)


def _editors(bulletin: Bulletin) -> list:
    return [editor.user for editor in bulletin.editors.select_related("user")]


def _other_approvers(request, editors: list) -> list:
    """Other users who may approve a bulletin, shown to an editor who may not."""
    able = colleagues(request.community.id, P.BULLETIN_APPROVE)
    return [user for user in able if user != request.user and not _is_among(editors, user)]


def _is_among(editors: list, user) -> bool:
    return any(user.same_person_as(editor) for editor in editors)


def _attach_reviews(request, bulletin, snapshot, form: MarksForm | None, may_mark: bool) -> list[dict]:
    """Attach to each part of the snapshot its `review` lines; returns those of a correction's reason.

    Users who may mark see the two fields of an item, others its marks.
    """
    lines = item_reviews(bulletin, snapshot)
    form = form or MarksForm(lines=lines, user=request.user)
    reviews = [
        {"line": line, "verdict": verdict if may_mark else None, "remark": remark if may_mark else None}
        for line, verdict, remark in form.lines_with_fields()
        if may_mark or line.marks or line.outdated
    ]
    for part in snapshot["parts"]:
        part["review"] = [each for each in reviews if each["line"].item.part == part["key"]]
    return [each for each in reviews if not each["line"].item.part]


@needs(P.BULLETIN_DRAFT)
def bulletin_edit(request, month):
    """Edit the three boards. An edit conflict shows both texts with status 409; nothing is overwritten.

    The buttons that copy last month's text redisplay the page with it.
    """
    bulletin = bulletin_of(request, month, P.BULLETIN_DRAFT)
    boards = list(bulletin.boards.all())
    if request.method != "POST":
        if bulletin.state != State.DRAFT:
            messages.error(request, str(actions.WrongState(bulletin)))
            return redirect(bulletin_url(request, "detail", month=month))
        return _edit_page(request, bulletin, BoardsForm(boards=boards))
    form = BoardsForm(request.POST, boards=boards)
    if {"copy", "append"} & set(request.POST):
        return _edit_page(request, bulletin, _with_earlier(request, bulletin, form), copied=True)
    if not form.is_valid():
        return _edit_page(request, bulletin, form, status=422)
    try:
        actions.save_boards(bulletin=bulletin, edits=form.edits(), by=request.user)
    except actions.BoardConflict as problem:
        return _edit_page(request, bulletin, form.based_on(problem.boards), problem=problem, status=409)
    except actions.BulletinError as problem:
        return _edit_page(request, bulletin, form, problem=problem, status=409)
    messages.success(request, "公开栏已保存。")
    return redirect(bulletin_url(request, "detail", month=month))


def _earlier_bulletin(request, bulletin) -> Bulletin | None:
    """Newest earlier bulletin, whose text may be copied."""
    bulletins = rows(Bulletin, request.access, P.BULLETIN_DRAFT, request.community)
    return bulletins.filter(month__lt=bulletin.month).order_by("-month").first()


def _with_earlier(request, bulletin, form: BoardsForm) -> BoardsForm:
    """The typed text with the requested text of the earlier bulletin; nothing is saved yet."""
    earlier = _earlier_bulletin(request, bulletin)
    texts = {board.kind: board.text for board in earlier.boards.all()} if earlier else {}
    wish = {name: request.POST.get(name, "") for name in ("copy", "append")}
    return form.with_earlier({kind: text for kind, text in texts.items() if text}, **wish)


def _edit_page(request, bulletin, form, *, problem=None, copied=False, status=200):
    context = {
        "bulletin": bulletin,
        "form": form,
        "problem": problem,
        "earlier": _earlier_bulletin(request, bulletin),
        "copied": copied,
        **_rights(request),
    }
    if context["may_approve"]:
        context["other_approvers"] = _other_approvers(request, _editors(bulletin))
    return render(request, "community/bulletins/edit.html", context, status=status)
