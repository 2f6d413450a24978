"""The month's bulletin inside the committee: list, draft, aid list, review, approval."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from community import published
from community.actions import bulletin as actions
from community.forms.bulletin import USUAL_AID, BoardsForm, DecisionForm, RecipientForm, find_people
from community.models import AidRecipient, Bulletin, Community
from community.months import due_on, is_expected, last_months, month_word, parse_month
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
    }


@needs(P.BULLETIN_VIEW)
def bulletin_list(request):
    """The last twelve months and every older bulletin, newest first."""
    today = timezone.localdate()
    bulletins = {b.month: b for b in rows(Bulletin, request.access, P.BULLETIN_VIEW, request.community)}
    versions = published.published_months([request.community])
    months = sorted({*last_months(today, MONTHS), *bulletins}, reverse=True)
    lines = [
        {
            "month": month,
            "bulletin": bulletins.get(month),
            "published": versions.get((request.community.id, month)),
            "due": due_on(month),
            "expected": is_expected(month, request.community.opened_on),
            "overdue": today > due_on(month),
        }
        for month in months
    ]
    return render(request, "community/bulletin/list.html", {"lines": lines, **_rights(request)})


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


def _detail(request, bulletin: Bulletin, *, form=None, problem="", status=200) -> HttpResponse:
    versions = published.versions(request.community, bulletin.month)
    is_public = bulletin.state == State.PUBLISHED and versions
    context = {
        "bulletin": bulletin,
        **committee_page(request, bulletin, versions[0] if is_public else None),
        "dated": versions[0].published_at if is_public else None,
        "versions": versions,
        "editors": [e.user for e in bulletin.editors.select_related("user")],
        "states": State,
        "own_work": actions.is_editor(bulletin, request.user),
        "form": form or DecisionForm(initial={"seen": bulletin.version}),
        "problem": problem,
        "due": due_on(bulletin.month),
        **_rights(request),
    }
    return render(request, "community/bulletin/detail.html", context, status=status)


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

    A refusal shows the page again with its sentence; the remark stays.
    """
    bulletin = _get(request, month, permission)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _detail(request, bulletin, form=form, status=422)
    data = form.cleaned_data
    try:
        return redirect(once(data["token"], request.user.pk, lambda: act(bulletin, data)))
    except actions.BulletinError as problem:
        bulletin.refresh_from_db()
        again = DecisionForm(initial={"seen": bulletin.version, "remark": data["remark"]})
        return _detail(request, bulletin, form=again, problem=str(problem), status=409)


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
    """Agreed, or returned with a remark, by the supervision committee."""

    def act(bulletin, data) -> str:
        decided = {"bulletin": bulletin, "seen": data["seen"], "by": request.user, "remark": data["remark"]}
        if request.POST.get("decision") == "agree":
            actions.agree(**decided)
            messages.success(request, "已审核同意，等待批准。")
        else:
            actions.return_from_review(**decided)
            messages.success(request, "已退回起草人修改。")
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
