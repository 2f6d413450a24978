"""Hooks of health follow-up (健康随访), for holders of its right alone: to-do, menu, and a fact on the page of a person."""

import datetime
from collections.abc import Collection, Iterator

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from community.dated_rules.rules import values_by_community
from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.about import PersonFact
from portal.hooks.due import Due
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn
from portal.hooks.timeline import TimelineEntry
from portal.todo.todo import SOON_DAYS, short_day
from residents.health.due import deaths_without_notice
from residents.health.models import FollowUp, HealthNotice, HealthRecord
from residents.health.rules import Key

add_menu_page(DeskArea.WELFARE, "健康随访", "residents:health_list", Permission.HEALTH, 140)


@hook(Hook.SECRETS)
def health_secrets() -> Iterator[EncryptedColumn]:
    for title, model in (
        ("健康档案", HealthRecord),
        ("健康随访记录", FollowUp),
        ("健康报告", HealthNotice),
    ):
        yield EncryptedColumn(title, model, "sealed", lambda row: (row.sealed_column(), row.uuid))


@hook(Hook.DUE)
def health_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """For holders of the health right: follow-ups, notices, records to end. No title names a person or a disease."""
    places = access.permitted(Permission.HEALTH, communities)
    records = rows(HealthRecord, access, Permission.HEALTH).in_communities(places)
    soon = records.due(today + datetime.timedelta(days=SOON_DAYS)).order_by().values_list("community_id")
    for pk, count, first in soon.annotate(Count("pk"), Min("next_due")):
        url = f"{_url('list', places[pk])}?state=due"
        yield Due(places[pk], f"健康随访到期 {count}人", url, "去随访", first, count)
    notices = rows(HealthNotice, access, Permission.HEALTH).in_communities(places).open()
    for notice in notices.order_by("due_at").only("community_id", "uuid", "kind", "due_at"):
        community, until = places[notice.community_id], timezone.localtime(notice.due_at)
        title = f"{notice.get_kind_display()}报告须于{short_day(until.date(), today)}{until:%-H:%M}前报出"
        url = _url("notice", community, notice_row=notice.uuid)
        yield Due(community, title, url, "去报告", until.date(), fold="健康报告待报出")
    rules = values_by_community(places, [Key.DEATH_NOTICE_DAYS], today)
    deaths = deaths_without_notice(access, places, today).order_by().values_list("community_id")
    for pk, count, first in deaths.annotate(Count("pk"), Min("died_on")):
        title = f"去世后未报告社区卫生服务中心 {count}人"
        until = first + datetime.timedelta(days=rules[pk][Key.DEATH_NOTICE_DAYS])
        yield Due(places[pk], title, _url("notices", places[pk]), "去登记", until, count, key="deaths")
    for pk, count in records.to_end().counts_by_community().items():
        title = f"居民已去世或迁出，健康随访待结束 {count}份"
        url = f"{_url('list', places[pk])}?state=to_end"
        yield Due(places[pk], title, url, "去结束", count=count)


def _url(page: str, community: CommunityRef, **arguments) -> str:
    return reverse(f"residents:health_{page}", kwargs={"community": community.code, **arguments})


@hook(Hook.ABOUT)
def follow_up_about(person: Person, access: Access) -> Iterator[PersonFact]:
    """Whether a person has a health record, for users who may open it."""
    if person.community_id not in access.community_ids(Permission.HEALTH):
        return
    records = rows(HealthRecord, access, Permission.HEALTH).filter(
        community_id=person.community_id, person=person
    )
    if record := records.first():
        text = f"下次随访{record.next_due}" if record.next_due else "随访已结束"
        yield PersonFact("健康档案", text, order=20)


@hook(Hook.TIMELINE)
def follow_ups_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """The days of a person's health record and follow-ups, without anything of their content."""
    if not access.can(Permission.HEALTH, community):
        return
    records = rows(HealthRecord, access, Permission.HEALTH, community).filter(person=person)
    for record in records.prefetch_related("follow_ups"):
        url = _url("detail", community, record=record.uuid)
        yield TimelineEntry(record.opened_on, "健康档案", "建档", url)
        for follow_up in record.follow_ups.all():
            yield TimelineEntry(follow_up.on, "健康档案", "随访", url)
        if record.ended_on:
            yield TimelineEntry(record.ended_on, "健康档案", "结束随访", url, record.ended_why)
