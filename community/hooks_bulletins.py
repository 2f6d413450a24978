"""Hooks of bulletins: computed sections, to-do, first step, menu line."""

import datetime
from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from community import sections_heads, sections_media
from community.actions.bulletin import is_editor
from community.models import (
    Bulletin,
    BulletinPhoto,
    BulletinRemark,
    BulletinVersion,
)
from community.months import PHOTO_DAYS, due_on, is_expected, month_before, month_word
from portal.access import Access, CommunityRef
from portal.menu import page
from portal.offers import (
    Due,
    Kind,
    Step,
    offer,
)
from portal.permissions import Permission as P
from portal.scoping import rows

for _module in (sections_heads, sections_media):
    offer(Kind.BULLETIN_SECTIONS)(_module.sections)
    offer(Kind.BULLETIN_ROWS)(_module.rows_behind)

page("公开", "每月公开", "community:bulletin_list", P.BULLETIN_VIEW, 10)


@offer(Kind.DUE)
def bulletins_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Last month's bulletin as long as it is not published, and every one that waits for this user."""
    if not access.can(P.BULLETIN_VIEW, community):
        return
    last = month_before(today)
    found = rows(Bulletin, access, P.BULLETIN_VIEW, community)
    waiting = list(
        found.exclude(state=Bulletin.State.PUBLISHED)
        .annotate(is_public=Exists(BulletinVersion.objects.filter(bulletin=OuterRef("pk"))))
        .order_by("month")
    )
    expected = is_expected(last, community.opened_on)
    if expected and access.can(P.BULLETIN_DRAFT, community) and not found.filter(month=last).exists():
        url = reverse("community:bulletin_list", kwargs={"community": community.code})
        yield Due(f"{month_word(last)}公开还没有起草", url, "去起草", due_on(last))
    for bulletin in waiting:
        step = _step(bulletin, access, community, today)
        if step:
            title, action = step
            url = reverse(
                "community:bulletin_detail", kwargs={"community": community.code, "month": bulletin.month}
            )
            # A correction is in time whenever it comes; the month itself was published.
            on = None if bulletin.is_public else due_on(bulletin.month)
            yield Due(f"{bulletin}公开{'更正' if bulletin.is_public else ''}{title}", url, action, on)


def _step(
    bulletin: Bulletin, access: Access, community: CommunityRef, today: datetime.date
) -> tuple[str, str] | None:
    """What this user is to do with an unpublished bulletin, and the word on the button."""
    state = Bulletin.State
    if bulletin.state == state.DRAFT and access.can(P.BULLETIN_DRAFT, community):
        if bulletin.was_returned:
            return "被退回，待修改", "去修改"
        if bulletin.month < today.replace(day=1):
            return "还在起草", "继续起草"
    if bulletin.state == state.REVIEW and access.can(P.BULLETIN_SUPERVISE, community):
        return "待审核", "去审核"
    if bulletin.state == state.AGREED and access.can(P.BULLETIN_APPROVE, community):
        # Who edited it may not approve it; somebody else's to-do shows it.
        return None if is_editor(bulletin, access.user) else ("待批准", "去批准")
    return None


@offer(Kind.DUE)
def photos_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """The newest published bulletin, as long as no photo proves where it hangs."""
    if not access.can(P.BULLETIN_DRAFT, community):
        return
    posted = BulletinPhoto.objects.filter(community=OuterRef("community"), bulletin_version=OuterRef("pk"))
    found = rows(BulletinVersion, access, P.BULLETIN_DRAFT, community).defer("snapshot")
    newest = found.annotate(is_posted=Exists(posted)).first()
    if newest is None or newest.is_posted:
        return
    due = timezone.localdate(newest.published_at) + datetime.timedelta(days=PHOTO_DAYS)
    if today >= due - datetime.timedelta(days=1):
        url = _of_bulletin("photos", community, newest.month)
        yield Due(f"{month_word(newest.month)}公开还没有张贴照片", url, "去上传", due)


def _of_bulletin(page: str, community: CommunityRef, month: datetime.date) -> str:
    return reverse(f"community:bulletin_{page}", kwargs={"community": community.code, "month": month})


@offer(Kind.DUE)
def remarks_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Remarks of the street that nobody has answered."""
    if not access.can(P.BULLETIN_DRAFT, community):
        return
    found = rows(BulletinRemark, access, P.BULLETIN_DRAFT, community).filter(answers=None)
    for month, at in found.order_by("at").values_list("bulletin_version__month", "at"):
        url = f"{_of_bulletin('detail', community, month)}#remarks"
        yield Due(f"街道对{month_word(month)}公开的意见待回复", url, "去回复", timezone.localdate(at))


@offer(Kind.FIRST_STEPS)
def first_bulletin(access: Access, community: CommunityRef) -> Iterator[Step]:
    """First step: the first published bulletin."""
    if access.can(P.BULLETIN_DRAFT, community):
        url = reverse("community:bulletin_list", kwargs={"community": community.code})
        published = rows(BulletinVersion, access, P.BULLETIN_DRAFT, community)
        yield Step(50, "公开第一期每月公开", url, published.exists())
