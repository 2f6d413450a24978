"""Hooks of health follow-up (健康随访), for holders of its right alone: to-do, menu, and a fact on the page of a person."""

import datetime
from collections.abc import Iterator

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from community.dated_rules.rules import value_of
from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.about import PersonFact
from portal.hooks.due import Due
from portal.hooks.menu import add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn
from portal.todo.todo import SOON_DAYS
from residents.health.due import deaths_without_notice
from residents.health.models import FollowUp, HealthNotice, HealthRecord
from residents.health.rules import Key

add_menu_page("重点人群", "健康随访", "residents:health_list", Permission.HEALTH, 80)


@hook(Hook.SECRETS)
def health_secrets() -> Iterator[EncryptedColumn]:
    for title, model in (
        ("健康档案", HealthRecord),
        ("健康随访记录", FollowUp),
        ("健康报告", HealthNotice),
    ):
        yield EncryptedColumn(title, model, "sealed", lambda row: (row.sealed_column(), row.uuid))


@hook(Hook.DUE)
def health_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """For holders of the health right: follow-ups, notices, records to end. No title names a person or a disease."""
    if not access.can(Permission.HEALTH, community):
        return
    url_args = {"community": community.code}
    records = rows(HealthRecord, access, Permission.HEALTH, community)
    list_url, notices_url = (
        reverse(f"residents:health_{page}", kwargs=url_args) for page in ("list", "notices")
    )
    soon = records.due(today + datetime.timedelta(days=SOON_DAYS)).aggregate(
        count=Count("pk"), first=Min("next_due")
    )
    if soon["count"]:
        title = f"{soon['count']}人健康随访到期"
        yield Due(title, f"{list_url}?state=due", "去随访", soon["first"], soon["count"])
    for key, due_at in (
        rows(HealthNotice, access, Permission.HEALTH, community)
        .open()
        .order_by("due_at")
        .values_list("uuid", "due_at")
    ):
        until = timezone.localtime(due_at)
        url = reverse("residents:health_notice", kwargs={**url_args, "notice_row": key})
        yield Due(f"健康报告待报出，最迟{until:%H:%M}", url, "去报告", until.date())
    deaths = list(deaths_without_notice(access, community, today).values_list("died_on", flat=True))
    if deaths:
        days = value_of(community, Key.DEATH_NOTICE_DAYS, today)
        title = f"{len(deaths)}人去世后还没有报告社区卫生服务中心"
        until = deaths[0] + datetime.timedelta(days=days)
        yield Due(title, notices_url, "去登记", until, len(deaths), key="deaths")
    if count := records.to_end().count():
        yield Due(
            f"{count}份健康档案的居民已去世或迁出，待结束随访",
            f"{list_url}?state=to_end",
            "去结束",
            count=count,
        )


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
