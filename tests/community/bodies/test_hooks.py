"""What bodies give to pages that do not know them: to-do, search, person's card, departures, merging."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from community.bodies.models import Body, BodyMember, Post, PostHolder, with_below
from community.dated_rules.models import DatedRule
from community.people.models import Person
from portal.access.user_access import Access
from portal.hooks.departure import Departure
from portal.hooks.registry import Hook, call_hooks

pytestmark = pytest.mark.django_db


def titles(user, *communities) -> list[str]:
    today = timezone.localdate()
    dues = call_hooks(Hook.DUE, Access.of(user), [c.ref for c in communities], today)
    titles = [due.title for due in dues if "空缺" in due.title or "换届" in due.title]
    return [title for title in titles if "换届选举" not in title]  # elections are due by themselves


def test_vacancies_are_due_for_whoever_looks_after_the_body(house, cast):
    Post.objects.create(community=house.kuocang, body=house.committee, title="委员", seats=2)
    Post.objects.create(community=house.kuocang, body=house.branch, title="书记")
    assert titles(cast["staff"], house.kuocang) == ["职务空缺 2名"]
    assert titles(cast["party"], house.kuocang) == ["职务空缺 1名"]
    assert titles(cast["director"], house.kuocang) == ["职务空缺 3名"]
    assert titles(cast["finance"], house.kuocang) == []


def test_terms_are_due_as_many_months_ahead_as_the_community_says(house, cast, today):
    Body.objects.filter(pk=house.committee.pk).update(term_ends_on=today + datetime.timedelta(days=100))
    Body.objects.filter(pk=house.team.pk).update(term_ends_on=today - datetime.timedelta(days=1))
    assert titles(cast["staff"], house.kuocang) == ["义务巡逻队任期已满，应换届"]
    DatedRule.objects.create(
        community=house.kuocang, key="body_term_notice_months", value=6, start=today, set_by=cast["director"]
    )
    assert titles(cast["staff"], house.kuocang) == [
        "义务巡逻队任期已满，应换届",
        "括苍社区居民委员会任期届满，应换届",
    ]


def test_search_finds_bodies_by_name(client, cast, house):
    client.force_login(cast["staff"])
    page = client.get("/c/kuocang/search/", {"q": "居民委员会"}, follow=True).content.decode()
    assert str(house.committee.uuid) in page


def test_card_and_timeline_of_a_person_name_posts_and_bodies(client, cast, house):
    client.force_login(cast["staff"])
    page = client.get(f"/c/kuocang/people/{house.person.uuid}/").content.decode()
    for words in ("括苍社区居民委员会主任", "任括苍社区居民委员会主任", "义务巡逻队成员", "加入义务巡逻队"):
        assert words in page, words


def test_a_departure_ends_posts_and_memberships(house, today):
    for each in call_hooks(Hook.PERSON_LEFT, house.person, Departure(today, died=True)):
        if each.key.startswith(("holder-", "member-")):
            each.end()
    assert PostHolder.objects.get().end == today
    assert BodyMember.objects.get().end == today


def test_bodies_below(house):
    assert with_below([house.general_branch.pk], house.kuocang.pk) == {
        house.general_branch.pk,
        house.branch.pk,
        house.branch2.pk,
        house.party_group.pk,
    }


def test_organisation_page_shows_the_bodies_beside_the_places(client, cast, house, today):
    Post.objects.create(community=house.kuocang, body=house.committee, title="委员", seats=2)
    Body.objects.filter(pk=house.committee.pk).update(term_ends_on=today)
    client.force_login(cast["staff"])
    answer = client.get("/c/kuocang/organisation/")
    tree = {node.name: node for node in answer.context["bodies"]}
    committee = tree["括苍社区居民委员会"]
    assert (committee.heads, committee.vacancies, committee.is_over) == ([("主任张三", "")], 2, True)
    assert [node.name for node in tree["括苍社区党总支"].below] == ["第一党支部", "第二党支部"]
    page = answer.content.decode()
    assert "空缺2名" in page
    assert "换届" in page


def test_the_database_refuses_what_the_forms_refuse(house):
    person = Person.objects.create(community=house.kuocang, name="李四", name_key="li si")
    holder = PostHolder.objects.get()
    wrong = [
        lambda: PostHolder.objects.create(
            community=house.kuocang, post=holder.post, person=holder.person, start=holder.start
        ),
        lambda: PostHolder.objects.create(
            community=house.kuocang, post=holder.post, person=person, start="2026-01-02", end="2026-01-01"
        ),
        lambda: Post.objects.create(community=house.kuocang, body=house.team, title="队长", seats=0),
        lambda: Body.objects.create(community=house.kuocang, kind="team", name="义务巡逻队"),
        lambda: Body.objects.create(
            community=house.kuocang, kind="team", name="乙", founded_on="2026-02-01", ended_on="2026-01-01"
        ),
    ]
    for write in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
