"""Hooks of bulletins: computed sections, to-do, first step, menu line."""

import datetime
from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from community.bulletins.actions.workflow import is_editor
from community.bulletins.findings import scanner_of_aid_recipients
from community.bulletins.models.bulletin import Bulletin, BulletinVersion
from community.bulletins.models.files import BulletinPhoto
from community.bulletins.models.reading import BulletinRemark
from community.bulletins.rules import PHOTO_DAYS, due_on, is_expected
from community.bulletins.sections import heads, media
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.first_steps import SetupStep
from portal.hooks.menu import add_menu_page
from portal.hooks.registry import Hook, hook
from portal.values.months import month_before, month_word

for _module in (heads, media):
    hook(Hook.BULLETIN_SECTIONS)(_module.sections)
    hook(Hook.BULLETIN_ROWS)(_module.drill_down_rows)


@hook(Hook.PERSONAL_DATA_SCANNERS)
def private_words(community):
    """Names on recent aid lists must not appear in other public texts."""
    yield scanner_of_aid_recipients(community)


add_menu_page("公开", "每月公开", "community:bulletin_list", P.BULLETIN_VIEW, 10)


@hook(Hook.DUE)
def bulletins_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Last month's bulletin until it is published, and bulletins that wait for this user."""
    if not access.can(P.BULLETIN_VIEW, community):
        return
    last = month_before(today)
    bulletins = rows(Bulletin, access, P.BULLETIN_VIEW, community)
    waiting = list(
        bulletins.exclude(state=Bulletin.State.PUBLISHED)
        .annotate(is_public=Exists(BulletinVersion.objects.filter(bulletin=OuterRef("pk"))))
        .order_by("month")
    )
    expected = is_expected(last, community.opened_on)
    if expected and access.can(P.BULLETIN_DRAFT, community) and not bulletins.filter(month=last).exists():
        url = reverse("community:bulletin_list", kwargs={"community": community.code})
        yield Due(f"{month_word(last)}公开还没有起草", url, "去起草", due_on(last))
    for bulletin in waiting:
        step = _next_step(bulletin, access, community, today)
        if step:
            title, action = step
            url = reverse(
                "community:bulletin_detail", kwargs={"community": community.code, "month": bulletin.month}
            )
            # A correction has no due date; the month itself is published.
            on = None if bulletin.is_public else due_on(bulletin.month)
            yield Due(f"{bulletin}公开{'更正' if bulletin.is_public else ''}{title}", url, action, on)


def _next_step(
    bulletin: Bulletin, access: Access, community: CommunityRef, today: datetime.date
) -> tuple[str, str] | None:
    """This user's next step for an unpublished bulletin: title and button label, or None."""
    state = Bulletin.State
    if bulletin.state == state.DRAFT and access.can(P.BULLETIN_DRAFT, community):
        if bulletin.was_returned:
            return "被退回，待修改", "去修改"
        if bulletin.month < today.replace(day=1):
            return "还在起草", "继续起草"
    if bulletin.state == state.REVIEW and access.can(P.BULLETIN_SUPERVISE, community):
        return "待审核", "去审核"
    if bulletin.state == state.AGREED and access.can(P.BULLETIN_APPROVE, community):
        # An editor may not approve it; it is due for another approver.
        return None if is_editor(bulletin, access.user) else ("待批准", "去批准")
    return None


@hook(Hook.DUE)
def photos_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """The newest published bulletin until a photo proves that it is posted."""
    if not access.can(P.BULLETIN_DRAFT, community):
        return
    posted = BulletinPhoto.objects.filter(community=OuterRef("community"), bulletin_version=OuterRef("pk"))
    versions = rows(BulletinVersion, access, P.BULLETIN_DRAFT, community).defer("snapshot")
    newest = versions.annotate(is_posted=Exists(posted)).first()
    if newest is None or newest.is_posted:
        return
    due = timezone.localdate(newest.published_at) + datetime.timedelta(days=PHOTO_DAYS)
    if today >= due - datetime.timedelta(days=1):
        url = _bulletin_url("photos", community, newest.month)
        yield Due(f"{month_word(newest.month)}公开还没有张贴照片", url, "去上传", due)


def _bulletin_url(page: str, community: CommunityRef, month: datetime.date) -> str:
    return reverse(f"community:bulletin_{page}", kwargs={"community": community.code, "month": month})


@hook(Hook.DUE)
def remarks_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Unanswered remarks of the street."""
    if not access.can(P.BULLETIN_DRAFT, community):
        return
    remarks = rows(BulletinRemark, access, P.BULLETIN_DRAFT, community).filter(answers=None)
    for month, at in remarks.order_by("at").values_list("bulletin_version__month", "at"):
        url = f"{_bulletin_url('detail', community, month)}#remarks"
        yield Due(f"街道对{month_word(month)}公开的意见待回复", url, "去回复", timezone.localdate(at))


@hook(Hook.FIRST_STEPS)
def first_bulletin(access: Access, community: CommunityRef) -> Iterator[SetupStep]:
    """First step: the first published bulletin."""
    if access.can(P.BULLETIN_DRAFT, community):
        url = reverse("community:bulletin_list", kwargs={"community": community.code})
        published = rows(BulletinVersion, access, P.BULLETIN_DRAFT, community)
        yield SetupStep(50, "公开第一期每月公开", url, published.exists())
