"""The month's bulletin inside the committee: list, draft, aid list, review, approval."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from community.actions import bulletin as actions
from community.actions import bulletin_review as review
from community.disclosure import findings_of
from community.forms.bulletin import (
    USUAL_AID,
    BoardsForm,
    BulletinFilter,
    CorrectionForm,
    DecisionForm,
    MarksForm,
    RecipientForm,
    WaiverForm,
    find_people,
)
from community.items import reviewed
from community.models import AidRecipient, Bulletin, BulletinVersion, Community, Objection
from community.months import due_on, is_expected, last_months, month_word, months_of, parse_month
from community.notices import PublishedBulletin, published_bulletins
from community.snapshot import take_snapshot
from community.tasks import publish_bulletin
from community.views.showing import committee_page
from portal.jobs import enqueue
from portal.once import once
from portal.permissions import Permission as P
from portal.scoping import rows
from portal.views.base import needs

MONTHS = 12
State = Bulletin.State


def _get(request, month, permission=P.BULLETIN_VIEW) -> Bulletin:
    found = rows(Bulletin, request.access, permission, request.community).select_related("community")
    return get_object_or_404(found, month=month)


def _url(request, name: str, **kwargs) -> str:
    return reverse(f"community:bulletin_{name}", kwargs={"community": request.community.code, **kwargs})


def _rights(request) -> dict[str, bool]:
    access, community = request.access, request.community
    return {
        "may_draft": access.can(P.BULLETIN_DRAFT, community),
        "may_supervise": access.can(P.BULLETIN_SUPERVISE, community),
        "may_approve": access.can(P.BULLETIN_APPROVE, community),
        "may_see_objections": access.can(P.OBJECTIONS, community),
    }


def _published(request, **of) -> dict:
    """Month → `PublishedBulletin`, of all months or of those that `of` says."""
    access, community = request.access, request.community
    versions = rows(BulletinVersion, access, P.BULLETIN_VIEW, community).filter(**of)
    versions = versions.select_related("notice", "published_by").defer("snapshot")
    return published_bulletins(versions, rows(Objection, access, P.BULLETIN_VIEW, community))


@needs(P.BULLETIN_VIEW)
def bulletin_list(request):
    """The last twelve months and every older bulletin, newest first; or those of a year, or in one state."""
    today, community = timezone.localdate(), request.community
    bulletins = {b.month: b for b in rows(Bulletin, request.access, P.BULLETIN_VIEW, community)}
    since = min([community.opened_on.year, today.year, *(month.year for month in bulletins)])
    form = BulletinFilter(request.GET, years=list(range(today.year, since - 1, -1)))
    chosen = form.cleaned_data if form.is_valid() else {"year": None, "state": ""}
    if chosen["year"]:
        months = {*months_of(chosen["year"], today), *(m for m in bulletins if m.year == chosen["year"])}
    else:
        months = {*last_months(today, MONTHS), *bulletins}
    found = _published(request)
    lines = [
        _line(month, bulletins.get(month), found.get(month), community, today)
        for month in sorted(months, reverse=True)
    ]
    # A month that nobody began is no row, so the database cannot look for it; a community has few months.
    lines = [line for line in lines if chosen["state"] in ("", line["code"])]
    return render(request, "community/bulletin/list.html", {"lines": lines, "form": form, **_rights(request)})


def _line(month, bulletin: Bulletin | None, found: PublishedBulletin | None, community, today) -> dict:
    """A month in the list: in which state it is (`code`, of `BulletinFilter`), and the words for it."""
    if bulletin is None:
        code, word = "none", "未起草"
    elif found is None:
        code, word = bulletin.state, bulletin.get_state_display()
    elif bulletin.state != State.PUBLISHED:
        code, word = "correcting", f"更正{bulletin.get_state_display()}"
    else:
        code, word = found.standing(today), found.word(today)
    return {
        "month": month,
        "bulletin": bulletin,
        "published": found,
        "code": code,
        "word": word,
        "due": due_on(month),
        "expected": is_expected(month, community.opened_on),
        "overdue": today > due_on(month),
    }


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_start(request):
    """Begin the draft of a month; whoever comes second is led to the first one's draft."""
    community = get_object_or_404(rows(Community, request.access, P.BULLETIN_DRAFT), id=request.community.id)
    try:
        month = parse_month(request.POST.get("month", ""))
        actions.start_bulletin(community=community, month=month, by=request.user)
    except ValueError:
        messages.error(request, "请从列表中选择要起草的月份。")
        return redirect(_url(request, "list"))
    except actions.AlreadyStarted as problem:
        messages.info(request, str(problem))
        return redirect(_url(request, "detail", month=month))
    except actions.BulletinError as problem:
        messages.error(request, str(problem))
        return redirect(_url(request, "list"))
    messages.success(request, f"{month_word(month)}公开已开始起草。")
    return redirect(_url(request, "edit", month=month))


@needs(P.BULLETIN_VIEW)
def bulletin_detail(request, month):
    """The whole content as readers will get it, and the step that is this user's turn."""
    return _detail(request, _get(request, month))


def _detail(request, bulletin: Bulletin, *, form=None, marks=None, problem="", status=200) -> HttpResponse:
    found = _published(request, month=bulletin.month).get(bulletin.month)
    rights = _rights(request)
    own_work = actions.is_editor(bulletin, request.user)
    context = {
        "bulletin": bulletin,
        **committee_page(request, bulletin, found.newest if found else None),
        "versions": found.versions if found else (),
        "standing": found.word(timezone.localdate()) if found else "",
        "editors": [e.user for e in bulletin.editors.select_related("user")],
        "states": State,
        "own_work": own_work,
        "form": form or DecisionForm(initial={"seen": bulletin.version}),
        "problem": problem,
        "due": due_on(bulletin.month),
        "correction": bulletin.open_correction() if found else None,
        "findings": [],
        "reason_lines": [],
        **rights,
    }
    if bulletin.state == State.PUBLISHED:
        context |= {"dated": found.newest.published_at, "correction_form": CorrectionForm()}
    else:
        snapshot = context["snapshot"]
        may_mark = bulletin.state == State.REVIEW and rights["may_supervise"] and not own_work
        context |= {"dated": None, "may_mark": may_mark}
        context["reason_lines"] = _put_marks_beside(request, bulletin, snapshot, marks, may_mark)
        context["findings"] = findings_of(bulletin, snapshot)
    return render(request, "community/bulletin/detail.html", context, status=status)


def _put_marks_beside(request, bulletin, snapshot, form: MarksForm | None, may_mark: bool) -> list[dict]:
    """Give each part of the snapshot the `review` that stands beside it; returns that of a correction's reason.

    To who may mark, an item shows its two fields; to the others, what was said.
    """
    lines = reviewed(bulletin, snapshot)
    form = form or MarksForm(lines=lines, user=request.user)
    shown = [
        {"line": line, "verdict": verdict if may_mark else None, "remark": remark if may_mark else None}
        for line, verdict, remark in form.beside()
        if may_mark or line.marks or line.outdated
    ]
    for part in snapshot["parts"]:
        part["review"] = [each for each in shown if each["line"].item.part == part["key"]]
    return [each for each in shown if not each["line"].item.part]


@needs(P.BULLETIN_DRAFT)
def bulletin_edit(request, month):
    """The three boards. Who saves over another's text gets both texts and 409; nothing is overwritten.

    The buttons that copy last month's text show the page again with it.
    """
    bulletin = _get(request, month, P.BULLETIN_DRAFT)
    boards = list(bulletin.boards.all())
    if request.method != "POST":
        if bulletin.state != State.DRAFT:
            messages.error(request, str(actions.WrongState(bulletin)))
            return redirect(_url(request, "detail", month=month))
        return _edit_page(request, bulletin, BoardsForm(boards=boards))
    form = BoardsForm(request.POST, boards=boards)
    if {"copy", "append"} & set(request.POST):
        return _edit_page(request, bulletin, _with_earlier(request, bulletin, form), copied=True)
    if not form.is_valid():
        return _edit_page(request, bulletin, form, status=422)
    try:
        actions.save_boards(bulletin=bulletin, edits=form.edits(), by=request.user)
    except actions.BoardsChanged as problem:
        return _edit_page(request, bulletin, form.over(problem.boards), problem=problem, status=409)
    except actions.BulletinError as problem:
        return _edit_page(request, bulletin, form, problem=problem, status=409)
    messages.success(request, "公开栏已保存。")
    return redirect(_url(request, "detail", month=month))


def _earlier(request, bulletin) -> Bulletin | None:
    """The newest earlier bulletin, whose text may be taken over."""
    found = rows(Bulletin, request.access, P.BULLETIN_DRAFT, request.community)
    return found.filter(month__lt=bulletin.month).order_by("-month").first()


def _with_earlier(request, bulletin, form: BoardsForm) -> BoardsForm:
    """What was typed, with text of the earlier bulletin as asked; nothing is saved yet."""
    earlier = _earlier(request, bulletin)
    texts = {board.kind: board.text for board in earlier.boards.all()} if earlier else {}
    wish = {name: request.POST.get(name, "") for name in ("copy", "append")}
    return form.with_earlier({kind: text for kind, text in texts.items() if text}, **wish)


def _edit_page(request, bulletin, form, *, problem=None, copied=False, status=200):
    context = {
        "bulletin": bulletin,
        "form": form,
        "problem": problem,
        "earlier": _earlier(request, bulletin),
        "copied": copied,
        **_rights(request),
    }
    return render(request, "community/bulletin/edit.html", context, status=status)


@needs(P.BULLETIN_DRAFT)
def bulletin_aid(request, month):
    """The aid list: find somebody of the register, add with kind and amount."""
    bulletin = _get(request, month, P.BULLETIN_DRAFT)
    words = request.GET.get("q", "") or request.POST.get("q", "")
    found = find_people(request.access, request.community, words)
    if request.method != "POST":
        return _aid_page(request, bulletin, words, found, _recipient_form(request))
    form = _recipient_form(request, request.POST)
    if not form.is_valid():
        return _aid_page(request, bulletin, words, found, form, status=422)
    data = form.cleaned_data

    def create() -> str:
        recipient = actions.add_recipient(
            bulletin=bulletin, person=data["person"], aid=data["aid"], amount=data["amount"], by=request.user
        )
        messages.success(request, f"已加入名单：{recipient.person.name}，{recipient.aid}。")
        return _url(request, "aid", month=month)

    try:
        return redirect(once(data["token"], request.user.pk, create))
    except actions.BulletinError as problem:
        form.add_error(None, str(problem))
        return _aid_page(request, bulletin, words, found, form, status=409)


def _recipient_form(request, data=None) -> RecipientForm:
    return RecipientForm(data, access=request.access, community=request.community)


def _aid_page(request, bulletin, words, found, form, status=200):
    recipients = bulletin.aid_recipients.select_related("person").order_by("id")
    context = {
        "bulletin": bulletin,
        "recipients": recipients,
        "words": words,
        "found": found,
        "form": form,
        "usual_aid": USUAL_AID,
        "is_draft": bulletin.state == State.DRAFT,
    }
    return render(request, "community/bulletin/aid.html", context, status=status)


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_aid_remove(request, month, recipient):
    found = rows(AidRecipient, request.access, P.BULLETIN_DRAFT, request.community)
    chosen = get_object_or_404(
        found.select_related("person", "bulletin__community"), uuid=recipient, bulletin__month=month
    )
    try:
        actions.remove_recipient(recipient=chosen, by=request.user)
    except actions.BulletinError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"已从名单中移除：{chosen.person.name}，{chosen.aid}。")
    return redirect(_url(request, "aid", month=month))


def _decide(request, month, permission, act) -> HttpResponse:
    """Take a step once, with the version that was on the page, and go where `act(bulletin, data)` says.

    A refusal shows the page again with its sentence; what was typed stays.
    """
    bulletin = _get(request, month, permission)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _detail(request, bulletin, form=form, marks=_marks(request, bulletin), status=422)
    data = form.cleaned_data
    try:
        return redirect(once(data["token"], request.user.pk, lambda: act(bulletin, data)))
    except actions.BulletinError as problem:
        bulletin.refresh_from_db()
        again = DecisionForm(initial={"seen": bulletin.version, "remark": data["remark"]})
        marks = _marks(request, bulletin)
        return _detail(request, bulletin, form=again, marks=marks, problem=str(problem), status=409)


def _marks(request, bulletin: Bulletin) -> MarksForm | None:
    """The marks that were sent, for the items as they are now; None where they were not asked for."""
    if bulletin.state != State.REVIEW:
        return None
    lines = reviewed(bulletin, take_snapshot(bulletin))
    return MarksForm(request.POST, lines=lines, user=request.user)


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_submit(request, month):
    def act(bulletin, data) -> str:
        actions.submit(bulletin=bulletin, seen=data["seen"], by=request.user)
        messages.success(request, "已提交居务监督委员会审核。")
        return _url(request, "detail", month=month)

    return _decide(request, month, P.BULLETIN_DRAFT, act)


@needs(P.BULLETIN_SUPERVISE)
@require_POST
def bulletin_review(request, month):
    """Marks of the supervision committee, item by item; with them the whole may be agreed to or returned."""

    def act(bulletin, data) -> str:
        decided = {"bulletin": bulletin, "seen": data["seen"], "by": request.user}
        marks = _marks(request, bulletin)
        if marks is None:
            raise actions.WrongState(bulletin)
        if not marks.is_valid():
            raise actions.BulletinError("意见最多300字，请写短一些。")
        count = review.mark_items(**decided, marks=marks.marks())
        decision = request.POST.get("decision")
        if decision == "agree":
            actions.agree(**decided, remark=data["remark"])
            messages.success(request, "已审核同意，等待批准。")
        elif decision == "return":
            actions.return_from_review(**decided, remark=data["remark"])
            messages.success(request, "已退回起草人修改。")
        elif count:
            messages.success(request, f"已保存{count}项审核意见，其余条目可以以后再审。")
        else:
            messages.info(request, "没有新的审核意见。请在条目旁选“同意”或“不同意”。")
        return _url(request, "detail", month=month)

    return _decide(request, month, P.BULLETIN_SUPERVISE, act)


@needs(P.BULLETIN_APPROVE)
@require_POST
def bulletin_approve(request, month):
    """Approved, or returned with a remark. The PDF is laid out in the background; its page leads back."""

    def act(bulletin, data) -> str:
        decided = {"bulletin": bulletin, "seen": data["seen"], "by": request.user}
        if request.POST.get("decision") != "publish":
            actions.return_from_approval(**decided, remark=data["remark"])
            messages.success(request, "已退回起草人修改。")
            return _url(request, "detail", month=month)
        actions.check_publish(**decided)
        job = enqueue(
            publish_bulletin,
            community_id=request.community.id,
            user_id=request.user.pk,
            title=f"公开{bulletin}居务公开",
            bulletin_id=bulletin.pk,
            seen=data["seen"],
        )
        return reverse("portal:job_detail", kwargs={"community": request.community.code, "job": job.uuid})

    return _decide(request, month, P.BULLETIN_APPROVE, act)


@needs(P.BULLETIN_APPROVE)
@require_POST
def bulletin_waive(request, month):
    """The director's reason for publishing what looks like personal data."""
    bulletin = _get(request, month, P.BULLETIN_APPROVE)
    form = WaiverForm(request.POST)
    if not form.is_valid():
        return _detail(request, bulletin, problem=next(iter(form.errors.values()))[0], status=422)
    try:
        review.waive(bulletin=bulletin, by=request.user, **form.cleaned_data)
    except actions.BulletinError as problem:
        bulletin.refresh_from_db()
        return _detail(request, bulletin, problem=str(problem), status=409)
    messages.success(request, "已记录公开理由。")
    return redirect(_url(request, "detail", month=month))


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_correct(request, month):
    """Begin a correction of what is published; whoever comes second is told of the first."""
    bulletin = _get(request, month, P.BULLETIN_DRAFT)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _detail(request, bulletin, problem=next(iter(form.errors.values()))[0], status=422)

    def start() -> str:
        review.start_correction(bulletin=bulletin, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "已发起更正。新版公开之前，原来的版本仍然公开。")
        return _url(request, "detail", month=month)

    try:
        return redirect(once(form.cleaned_data["token"], request.user.pk, start))
    except actions.BulletinError as problem:
        bulletin.refresh_from_db()
        return _detail(request, bulletin, problem=str(problem), status=409)


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_correct_drop(request, month):
    """Give up a correction in which nothing was changed."""

    def act(bulletin, data) -> str:
        review.drop_correction(bulletin=bulletin, seen=data["seen"])
        messages.success(request, "已放弃更正，公开的版本不变。")
        return _url(request, "detail", month=month)

    return _decide(request, month, P.BULLETIN_DRAFT, act)


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_recompute(request, month):
    """Compute the numbers of a correction anew."""

    def act(bulletin, data) -> str:
        review.recompute_sections(bulletin=bulletin, seen=data["seen"], by=request.user)
        messages.success(request, "已按台账重新计算，请核对数字。")
        return _url(request, "detail", month=month)

    return _decide(request, month, P.BULLETIN_DRAFT, act)
