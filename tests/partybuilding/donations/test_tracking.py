"""What a donor sees by code: their own gift without any name; a guessed code opens nothing."""

from decimal import Decimal

import pytest
from django.utils import timezone

from community.objections.tracking_codes import code_hash, new_code
from partybuilding.donations.actions.donations import lapse, set_code
from partybuilding.donations.actions.uses import record_use
from partybuilding.donations.tracking import tracked_donation
from portal.access.db_scope import PUBLIC, scope
from tests.partybuilding.donations import gifts

pytestmark = pytest.mark.django_db


@pytest.fixture
def followed(house, cast):
    gift = gifts.donation(house, purpose="助学")
    code = new_code()
    set_code(donation=gift, code=code)
    return gift, code


def track(client, code: str):
    return client.post("/track/", {"code": code})


def test_the_whole_way_is_shown_without_names(client, house, cast, followed):
    gift, code = followed
    assert "已登记，还没有收到" in track(client, code).content.decode()
    first = gifts.receive(house, cast, gift, "200")
    assert "待审批入账" in track(client, code).content.decode()
    gifts.undo(cast, first.entry)
    receipt = gifts.booked(house, cast, gift, "300")
    entry = gifts.expense(house, cast, "80", summary="慰问张三家属")
    record_use(receipt=receipt, entry=entry, amount=Decimal(80), words="学习用品")
    text = track(client, code).content.decode()
    assert "已收到300.00元，已使用80.00元，还剩220.00元" in text
    assert f"{first.number}已作废" in text
    assert "学习用品" in text
    for hidden in ("张三", "王捐款", cast["finance"].name, cast["director"].name, "00:00"):
        assert hidden not in text


def test_a_guessed_code_and_a_replaced_one_open_nothing(client, followed):
    gift, code = followed
    assert track(client, code).status_code == 200
    wrong = track(client, new_code())
    set_code(donation=gift, code=new_code(), checked="查验证件")
    replaced = track(client, code)
    assert wrong.status_code == replaced.status_code
    assert "捐款500.00元" not in replaced.content.decode()


def test_guessing_is_limited_as_for_other_codes(client, followed):
    answers = [track(client, new_code()).status_code for _ in range(70)]
    assert answers[-1] == 429


def test_the_public_role_reads_nothing_but_by_code(house, followed):
    from django.db import ProgrammingError, connection, transaction

    _, code = followed
    with scope(PUBLIC):
        assert len(list(tracked_donation(code_hash(code)))) == 1
        for table in ("donation", "donor", "donationreceipt", "donationuse"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SELECT 1 FROM partybuilding_{table}")


def test_history_and_lapsed_gifts(client, house):
    code = new_code()
    earlier = gifts.donation(house, is_earlier=True)
    set_code(donation=earlier, code=code)
    assert "使用情况未在系统中登记" in track(client, code).content.decode()
    code = new_code()
    lapsed = lapse(donation=set_code(donation=gifts.donation(house), code=code), because="停业")
    text = track(client, code).content.decode()
    assert "捐款已终止" in text
    assert lapsed.lapsed_because not in text


def test_a_lost_code_is_replaced_after_a_check(client, cast, followed):
    gift, code = followed
    client.force_login(cast["party"])
    address = f"/c/kuocang/donations/{gift.uuid}/new-code/"
    ticket = client.get(address).context["form"]["ticket"].value()
    assert client.post(address, {"ticket": ticket}).status_code == 422
    answer = client.post(address, {"ticket": ticket, "checked": "查验证件"}, follow=True)
    shown = answer.context["code"]
    assert len(shown) == 14
    gift.refresh_from_db()
    assert gift.code_hash == code_hash(shown) != code_hash(code)
    assert timezone.localdate() == gift.on
