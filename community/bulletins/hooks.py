"""Hooks of bulletins: computed sections, to-do, first step, menu line."""

import datetime
from collections.abc import Collection, Iterator

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from community.bulletins.actions.workflow import same_person
from community.bulletins.findings import scanner_of_aid_recipients
from community.bulletins.models.bulletin import Bulletin, BulletinEditor, BulletinVersion
from community.bulletins.models.files import BulletinPhoto
from community.bulletins.models.reading import BulletinRemark
from community.bulletins.rules import PHOTO_DAYS, board_title, due_on, is_expected
from community.bulletins.sections import finance, heads, media
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due, DueKind
from portal.hooks.first_steps import SetupStep
from portal.hooks.menu import DeskArea, add_act, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.values.months import month_before

for _module in (heads, finance, media):
    hook(Hook.BULLETIN_SECTIONS)(_module.sections)
    hook(Hook.BULLETIN_ROWS)(_module.drill_down_rows)


@hook(Hook.PERSONAL_DATA_SCANNERS)
def private_words(community):
    """Names on recent aid lists must not appear in other public texts."""
    yield scanner_of_aid_recipients(community)


add_menu_page(DeskArea.PUBLICITY, "每月公开", "community:bulletin_list", P.BULLETIN_VIEW, 10)
add_act(DeskArea.PUBLICITY, "上月公开", "community:bulletin_last", P.BULLETIN_VIEW, 10)


@hook(Hook.DUE)
def bulletins_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Last month's bulletin until it is published, bulletins that wait for this user, and those this user submitted."""
    places = access.permitted(P.BULLETIN_VIEW, communities)
    last = month_before(today)
    bulletins = rows(Bulletin, access, P.BULLETIN_VIEW).in_communities(places)
    begun = set(bulletins.filter(month=last).order_by().values_list("community_id", flat=True))
    for pk, community in access.permitted(P.BULLETIN_DRAFT, communities).items():
        if is_expected(last, community.opened_on) and pk not in begun:
            url = reverse("community:bulletin_list", kwargs={"community": community.code})
            yield Due(community, f"{board_title(last, today)}待起草", url, "去起草", due_on(last))
    of_bulletin = {"community": OuterRef("community"), "bulletin": OuterRef("pk")}
    for bulletin in (
        bulletins.exclude(state=Bulletin.State.PUBLISHED)
        .defer("sections")
        .annotate(
            is_public=Exists(BulletinVersion.objects.filter(**of_bulletin)),
            is_own=Exists(BulletinEditor.objects.filter(same_person(access.user), **of_bulletin)),
        )
        .order_by("month")
    ):
        community = places[bulletin.community_id]
        step = _next_step(bulletin, access, community, today) or _step_of_others(bulletin, access)
        if step:
            title, action, kind = step
            url = _bulletin_url("detail", community, bulletin.month)
            # A correction has no due date; the month itself is published.
            on = None if bulletin.is_public else due_on(bulletin.month)
            title = f"{board_title(bulletin.month, today)}{'更正' if bulletin.is_public else ''}{title}"
            key = f"{url}#waiting" if kind is DueKind.WAITING else ""
            yield Due(community, title, url, action, on, since=_waits_since(bulletin), key=key, kind=kind)


def _waits_since(bulletin: Bulletin) -> datetime.date | None:
    """Day of the submission, or of the review that came after it; None for a draft that nobody returned."""
    state = Bulletin.State
    if bulletin.state == state.DRAFT and not bulletin.was_returned:
        return None
    at = bulletin.submitted_at if bulletin.state == state.REVIEW else bulletin.reviewed_at
    return timezone.localdate(at)


def _step_of_others(bulletin: Bulletin, access: Access) -> tuple[str, str, DueKind] | None:
    """Who has to decide on a bulletin that this user submitted."""
    state = Bulletin.State
    if bulletin.submitted_by_id != access.user.pk or bulletin.state not in (state.REVIEW, state.AGREED):
        return None
    waits_for = "居务监督委员会审核" if bulletin.state == state.REVIEW else "主任批准"
    return f"待{waits_for}", "查看", DueKind.WAITING


def _next_step(
    bulletin: Bulletin, access: Access, community: CommunityRef, today: datetime.date
) -> tuple[str, str, DueKind] | None:
    """This user's next step for an unpublished bulletin: title, button label and kind, or None.

    `bulletin.is_own`: whether this user edited it.
    """
    state = Bulletin.State
    if bulletin.state == state.DRAFT and access.can(P.BULLETIN_DRAFT, community):
        if bulletin.was_returned:
            return "被退回，待修改", "去修改", DueKind.WORK
        if bulletin.month < today.replace(day=1):
            return "起草中，待提交", "继续起草", DueKind.WORK
    # An editor may neither review nor approve it; it is due for somebody else.
    if bulletin.is_own:
        return None
    if bulletin.state == state.REVIEW and access.can(P.BULLETIN_SUPERVISE, community):
        return "待审核", "去审核", DueKind.DECISION
    if bulletin.state == state.AGREED and access.can(P.BULLETIN_APPROVE, community):
        return "待批准", "去批准", DueKind.DECISION
    return None


@hook(Hook.DUE)
def photos_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """The newest published bulletin until a photo proves that it is posted."""
    places = access.permitted(P.BULLETIN_DRAFT, communities)
    posted = BulletinPhoto.objects.filter(community=OuterRef("community"), bulletin_version=OuterRef("pk"))
    versions = rows(BulletinVersion, access, P.BULLETIN_DRAFT).in_communities(places)
    newest = versions.order_by("community_id", "-month", "-number").distinct("community_id")
    for pk, month, published_at, is_posted in newest.annotate(is_posted=Exists(posted)).values_list(
        "community_id", "month", "published_at", "is_posted"
    ):
        due = timezone.localdate(published_at) + datetime.timedelta(days=PHOTO_DAYS)
        if not is_posted and today >= due - datetime.timedelta(days=1):
            url = _bulletin_url("photos", places[pk], month)
            yield Due(places[pk], f"{board_title(month, today)}待上传张贴照片", url, "去上传", due)


def _bulletin_url(page: str, community: CommunityRef, month: datetime.date) -> str:
    return reverse(f"community:bulletin_{page}", kwargs={"community": community.code, "month": month})


@hook(Hook.DUE)
def remarks_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Unanswered remarks of the street."""
    places = access.permitted(P.BULLETIN_DRAFT, communities)
    remarks = rows(BulletinRemark, access, P.BULLETIN_DRAFT).in_communities(places).filter(answers=None)
    for pk, month, at in remarks.order_by("at").values_list("community_id", "bulletin_version__month", "at"):
        url = f"{_bulletin_url('detail', places[pk], month)}#remarks"
        title = f"街道对{board_title(month, today)}的意见待回复"
        yield Due(places[pk], title, url, "去回复", since=timezone.localdate(at))


@hook(Hook.FIRST_STEPS)
def first_bulletin(access: Access, community: CommunityRef) -> Iterator[SetupStep]:
    """First step: the first published bulletin."""
    if access.can(P.BULLETIN_DRAFT, community):
        url = reverse("community:bulletin_list", kwargs={"community": community.code})
        published = rows(BulletinVersion, access, P.BULLETIN_DRAFT, community)
        yield SetupStep(50, "公开第一期每月公开", url, published.exists())
