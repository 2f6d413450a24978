"""Transfers: the letter and its receipt, between branches here, and two clerks at once."""

import datetime

import pytest
from django.test import Client

from partybuilding.members import transfers
from partybuilding.members.models import Transfer
from portal.access.user_access import Access
from portal.forms.refusals import Refusal, StaleForm
from portal.hooks.registry import Hook, call_hooks
from tests.partybuilding.members.conftest import make_member

pytestmark = pytest.mark.django_db
Day = datetime.date


def send(member, **values) -> Transfer:
    member.refresh_from_db()
    return transfers.transfer_out(
        member=member, version=member.version, **{"other": "中共城东镇委员会", "on": Day(2026, 3, 1)} | values
    )


def test_a_member_leaves_with_the_receipt(members):
    letter = send(members.own, dues_until=Day(2026, 2, 1))
    assert (letter.year, letter.serial, letter.number) == (2026, 1, "〔2026〕第001号")
    assert letter.valid_until == Day(2026, 5, 29)  # the day of issue is the first of 90
    members.own.refresh_from_db()
    assert members.own.state == "normal"
    with pytest.raises(Refusal, match="还没有收到回执"):
        send(members.own)
    with pytest.raises(Refusal, match="不能早于开具介绍信的日期"):
        transfers.record_receipt(transfer=letter, on=Day(2026, 2, 28))
    transfers.record_receipt(transfer=letter, on=Day(2026, 4, 1))
    members.own.refresh_from_db()
    assert (members.own.state, members.own.ended_on) == ("ended", Day(2026, 4, 1))
    assert members.own.ended_because == "transferred"
    with pytest.raises(Refusal, match="已于2026年4月1日登记回执"):
        transfers.cancel_transfer(transfer=letter, on=Day(2026, 4, 2), reason="有误")


def test_numbers_of_letters_have_no_gaps_and_cancelled_ones_keep_theirs(members):
    first = send(members.own)
    transfers.cancel_transfer(transfer=first, on=Day(2026, 3, 2), reason="本人不转了")
    assert send(members.own).serial == 2
    assert send(members.other).serial == 3
    assert send(members.group, on=Day(2025, 12, 1)).serial == 1


def test_a_letter_without_receipt_is_chased_after_its_period(house, cast, members):
    send(members.own)

    def titles(who: str, today: Day) -> list[str]:
        found = call_hooks(Hook.DUE, Access.of(cast[who]), [house.kuocang.ref], today)
        return [due.title for due in found if "回执" in due.title]

    assert titles("party", Day(2026, 5, 29)) == []
    assert titles("party", Day(2026, 5, 30)) == ["林一平的介绍信〔2026〕第001号已过期，没有收到回执"]
    assert titles("branch", Day(2026, 5, 30)) == []


def test_who_is_lost_or_reporting_gets_no_letter(house, members):
    members.own.state, members.own.lost_since = "lost", Day(2025, 1, 1)
    members.own.save()
    with pytest.raises(Refusal, match="失联的党员不能开介绍信"):
        send(members.own)
    reporting = make_member(house.kuocang, "在职甲", house.branch, relation="reporting")
    with pytest.raises(Refusal, match="组织关系不在本社区"):
        send(reporting)


def test_between_branches_here_no_letter_is_needed(client, house, cast, members):
    client.force_login(cast["party"])
    url = f"/c/kuocang/members/{members.own.uuid}/move/"
    assert "不用介绍信" in client.get(url).content.decode()
    data = {"branch": house.branch2.pk, "on": "2026-03-01", "version": members.own.version}
    answer = client.post(url, data, follow=True)
    assert "本社区内互转不用介绍信" in answer.content.decode()
    members.own.refresh_from_db()
    assert members.own.branch == house.branch2
    move = Transfer.objects.get(member=members.own, direction="between")
    assert (move.from_branch, move.serial) == (house.branch, None)
    assert client.get(f"/c/kuocang/transfers/{move.uuid}/letter/").status_code == 404


def test_the_second_of_two_clerks_sees_what_the_first_did(house, cast, members):
    """Both opened the page; the second gets the conflict page, and nothing is overwritten."""
    first, second = Client(), Client()
    first.force_login(cast["party"])
    second.force_login(cast["director"])
    version = members.own.version
    url = f"/c/kuocang/members/{members.own.uuid}"
    first.post(f"{url}/move/", {"branch": house.branch2.pk, "on": "2026-03-01", "version": version})
    answer = second.post(
        f"{url}/move/", {"branch": house.party_group.pk, "on": "2026-03-02", "version": version}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "第二党支部" in page
    assert "第一党小组" in page
    answer = second.post(
        f"{url}/transfer/", {"other": "中共城东镇委员会", "on": "2026-03-02", "version": version}
    )
    assert answer.status_code == 409
    members.own.refresh_from_db()
    assert members.own.branch == house.branch2
    assert not Transfer.objects.filter(member=members.own, direction="out").exists()


def test_a_stale_version_is_refused_in_the_action(house, members):
    with pytest.raises(StaleForm, match="刚刚在别处办理过"):
        transfers.move_between(
            member=members.own, version=members.own.version + 1, branch=house.branch2, on=Day(2026, 3, 1)
        )


def test_the_letter_is_printed_with_its_receipt(client, cast, members):
    client.force_login(cast["party"])
    letter = send(members.own, reason="工作调动")
    answer = client.get(f"/c/kuocang/transfers/{letter.uuid}/letter/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_arrival_keeps_the_former_organisation(client, cast, members):
    client.force_login(cast["party"])
    url = f"/c/kuocang/members/{members.group.uuid}/arrival/"
    answer = client.post(url, {"other": "中共杭州市西湖区委", "on": "2026-03-01"}, follow=True)
    assert "中共杭州市西湖区委" in answer.content.decode()
    members.group.refresh_from_db()
    assert members.group.came_on == Day(2026, 3, 1)
