"""What community/ gives to pages that do not know it."""

import datetime
import re
from collections.abc import Iterator
from functools import partial

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from community import account_log
from community.actions.accounts import close_role
from community.actions.bulletin import is_editor
from community.actions.tasks import give_task
from community.models import (
    Area,
    Bulletin,
    BulletinPhoto,
    BulletinRemark,
    BulletinVersion,
    HeadAppointment,
    Medium,
    Objection,
    Person,
    RoleAssignment,
    Task,
    User,
)
from community.models.person import ID_COLUMN
from community.months import PHOTO_DAYS, due_on, is_expected, last_months, month_before, month_word
from community.phones import read_phones
from community.published import published_months
from community.registers import AreaRegister, MediumRegister, TaskRegister, UnitRegister
from community.reports import media_counts, place_counts, profile_of, second_office_holders, weekday_hours
from community.sections import rows_behind, sections
from portal.access import Access, CommunityRef
from portal.finding import found_in
from portal.offers import (
    Departure,
    Draft,
    Due,
    Ending,
    Figure,
    Found,
    Handed,
    Kind,
    Reference,
    Secret,
    Source,
    Step,
    offer,
)
from portal.permissions import Permission as P
from portal.scope import acting_user_id
from portal.scoping import rows
from portal.search_words import SearchWords

_PHONE = re.compile(r"[\d\s()（）+-]{7,}")

offer(Kind.BULLETIN_SECTIONS)(sections)
offer(Kind.BULLETIN_ROWS)(rows_behind)


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
def bulletins_late(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """For officials of the street: what a community below has not published in time, with the oldest month."""
    if community not in access.street_communities or not access.can(P.STREET_BULLETINS):
        return
    months = [
        month
        for month in last_months(today, 12)
        if is_expected(month, community.opened_on) and due_on(month) < today
    ]
    found = published_months([community], since=min(months, default=today))
    missing = [month for month in months if (community.id, month) not in found]
    if missing:
        which = month_word(missing[0]) if len(missing) == 1 else f"{len(missing)}个月"
        url = reverse("community:street_home")
        yield Due(f"{which}公开逾期未发布", url, "去查看", due_on(missing[-1]), len(missing), key="bulletins")


@offer(Kind.DUE)
def links_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """For officials of the street: accounts of a community below that wait for their set-up link."""
    if community not in access.street_communities or not access.can(P.COMMUNITY_CREATE):
        return
    waiting = [held for held in second_office_holders([community]) if held.waits]
    if waiting:
        since = min(held.start for held in waiting)
        url = reverse("community:street_accounts")
        title = f"{len(waiting)}个重要岗位账号待发放开通单"
        yield Due(title, url, "去发放", since=since, count=len(waiting), key="links")


@offer(Kind.DUE)
def tasks_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Own tasks one by one, what nobody has taken yet, and what was just declined of what this user gave."""
    if not access.can(P.TASKS, community):
        return
    register, unowned = TaskRegister(), []
    needing = rows(Task, access, P.TASKS, community).needing(access.user, today)
    for task in needing.order_by("due", "id"):
        url = register.url("detail", community, task)
        if task.state == Task.State.DECLINED:
            yield Due(f"交办的任务被退回：{task}", url, "去处理", since=task.closed_on)
        elif task.owner_id == access.user.pk:
            yield Due(f"任务：{task}", url, "去办理", task.due)
        else:
            unowned.append(task)
    if unowned:
        url = f"{register.url('list', community)}?state=unowned"
        since = timezone.localdate(min(task.given_at for task in unowned))
        yield Due(f"{len(unowned)}项任务待认领", url, "去认领", unowned[0].due, len(unowned), since)


@offer(Kind.RECEIVE)
def make_task(what: Handed, draft: Draft, source: Source, by) -> Iterator[Reference]:
    """What no app above receives becomes a task that whoever is there takes."""
    task = give_task(
        by=by,
        community_id=source.row.community_id,
        title=draft.title,
        text=draft.text,
        due=draft.on,
        source=source,
    )
    yield Reference(f"任务：{task}", "community:task_detail", task.uuid, task.get_state_display())


@offer(Kind.SECRETS)
def id_numbers() -> Iterator[Secret]:
    yield Secret("居民的证件号码", Person, "id_cipher", lambda person: (ID_COLUMN, person.uuid))


@offer(Kind.DUE)
def objections_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Objections without an answer: for the committee all, for the director those left to them and those too late."""
    if not access.can(P.OBJECTIONS, community):
        return
    found = rows(Objection, access, P.OBJECTIONS, community).unanswered()
    if not access.can(P.OBJECTIONS_ANSWER, community):
        found = found.filter(Q(handed_at__isnull=False) | Q(notice__until__lt=today))
    waiting = list(found.order_by("notice__until", "id").values_list("notice__until", "handed_at"))
    if waiting:
        late = sum(until < today for until, _ in waiting)
        said = f"{len(waiting)}件居民异议待答复" + (f"，其中{late}件已过公示期" if late else "")
        url = reverse("community:objection_list", kwargs={"community": community.code})
        yield Due(
            said,
            url,
            "去答复" if _answers(access, community, waiting) else "去查看",
            waiting[0][0],
            len(waiting),
        )


def _answers(access: Access, community: CommunityRef, waiting: list[tuple]) -> bool:
    """Whether this user may answer some of them; a director sees late ones without being asked for an answer."""
    return access.can(P.OBJECTIONS_ANSWER, community) or any(handed_at for _, handed_at in waiting)


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


@offer(Kind.PERSON_LEFT)
def posts_left(person: Person, departure: Departure) -> Iterator[Ending]:
    """The person's current appointments as head, and the roles by which their account opens those doors."""
    later = Q(end__isnull=True) | Q(end__gt=departure.on)
    appointments = HeadAppointment.objects.filter(later, community_id=person.community_id, person=person)
    for appointment in appointments.select_related("stairwell", "area"):
        title = f"{appointment.stairwell or appointment.area}负责人任职"
        end = partial(_end, appointment, departure.on)
        yield Ending(f"appointment-{appointment.uuid}", title, appointment, end)
    roles = RoleAssignment.objects.filter(later, community_id=person.community_id, user__person=person)
    for role in roles.not_over().select_related("user", "stairwell", "area"):
        place = role.stairwell or role.area or "本社区"
        title = f"账号“{role.user.username}”在{place}的{role.get_role_display()}权限"
        yield Ending(f"role-{role.pk}", title, role, partial(_end_role, role, departure))


def _end(appointment: HeadAppointment, on: datetime.date) -> None:
    """End an appointment on that day, or on its first day if it began later: then it was never in force."""
    appointment.end = max(appointment.start, on)
    appointment.version += 1
    appointment.save(update_fields=["end", "version"])


def _end_role(role: RoleAssignment, departure: Departure) -> None:
    close_role(role, departure.on)
    by = User.objects.filter(pk=acting_user_id()).first()
    account_log.log_role(account_log.Action.END, role, by, "本人去世" if departure.died else "本人迁出")


_MEDIA = (
    (Medium.Kind.BOARD, "ad_boards", "块"),
    (Medium.Kind.PANEL, "stairwell_panels", "块"),
    (Medium.Kind.SLOGAN, "wall_slogans_m", "米"),
    (Medium.Kind.NEWSPAPER, "wall_newspapers", "块"),
    (Medium.Kind.WINDOW, "display_windows", "个"),
)


@offer(Kind.DUE)
def media_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """What hangs longer than it should, with the day of the oldest."""
    if not access.can(P.MEDIA, community):
        return
    found = rows(Medium, access, P.MEDIA, community).outdated(today)
    days = list(found.order_by("until").values_list("until", flat=True))
    if days:
        url = reverse("community:medium_list", kwargs={"community": community.code})
        yield Due(f"{len(days)}处宣传内容已到期", f"{url}?state=outdated", "去更换", days[0], len(days))


@offer(Kind.FIGURES)
def figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """The profile and the territory; all of them as they are now, whatever the year."""
    profile, places = profile_of(community), place_counts(community)
    public = reverse("community:profile_detail", kwargs={"code": community.code})

    def listed(register: str, condition: str = "") -> str:
        return reverse(f"community:{register}_list", kwargs={"community": community.code}) + condition

    yield Figure("area_km2", "辖区面积", profile.area_km2, "平方公里", public)
    yield Figure("office_land_m2", "办公用地", profile.office_land_m2, "平方米", public)
    yield Figure("office_floor_m2", "办公用房", profile.office_floor_m2, "平方米", public)
    yield Figure("office_hours_day", "工作日服务时间", weekday_hours(community), "小时", public)
    yield Figure("areas", profile.area_word, places.areas, "个", listed("area", "?kind=area"))
    yield Figure("large_groups", profile.area_word, places.areas, "个", listed("area", "?kind=area"))
    yield Figure(
        "resident_groups", profile.group_word, places.resident_groups, "个", listed("area", "?kind=group")
    )
    yield Figure("buildings", "住宅楼", places.buildings, "幢", listed("building", "?use=residential"))
    yield Figure("stairwells", "楼道", places.stairwells, "个", listed("stairwell"))
    heads = listed("headappointment")
    yield Figure(
        "resident_group_heads", f"现任{profile.group_word}长", places.resident_group_heads, "人", heads
    )
    yield Figure("stairwell_heads", "现任楼道长", places.stairwell_heads, "人", heads)
    media = media_counts(community)
    for kind, key, unit in _MEDIA:
        yield Figure(key, kind.label, media[kind], unit, listed("medium", f"?kind={kind}"))


@offer(Kind.FIRST_STEPS)
def first_steps(access: Access, community: CommunityRef) -> Iterator[Step]:
    """Areas, heads and the first bulletin; the import of people comes from the app above."""

    def page(name: str) -> str:
        return reverse(f"community:{name}", kwargs={"community": community.code})

    if access.can(P.PLACES_EDIT, community):
        areas = rows(Area, access, P.PLACES_EDIT, community)
        yield Step(10, "划分片区和居民小组", page("area_list"), areas.exists())
        heads = rows(HeadAppointment, access, P.PLACES_EDIT, community)
        yield Step(30, "登记楼道长和小组长", page("headappointment_list"), heads.exists())
    if access.can(P.BULLETIN_DRAFT, community):
        published = rows(BulletinVersion, access, P.BULLETIN_DRAFT, community)
        yield Step(50, "公开第一期每月公开", page("bulletin_list"), published.exists())


@offer(Kind.FIND)
def found(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[Found]:
    """Areas, units, publicity media and tasks."""
    registers = (AreaRegister(), UnitRegister(), MediumRegister(), TaskRegister())
    for order, register in enumerate(registers, start=10):
        yield from found_in(register, access, community, words, order)


@offer(Kind.SPELLINGS)
def phone_numbers(community: CommunityRef, text: str) -> Iterator[str]:
    """Phone numbers as they are stored: `138 0000 0001` is 13800000001."""
    if _PHONE.fullmatch(text):
        yield from read_phones(text).numbers
