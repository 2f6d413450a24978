"""Reports from the phone: one short form, sent once, kept on errors, answered, and never the register itself."""

import datetime
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.scope import APP, scope
from residents import actions
from residents.models import ChangeReport, Dwelling, Residence

pytestmark = pytest.mark.django_db

ID_NUMBER = "330102197003010017"


@pytest.fixture
def head(client, cast):
    client.force_login(cast["head"])
    return client


def url_of(house, what: str, person=None) -> str:
    url = reverse("residents:head_report", kwargs={"dwelling": house.dwelling.uuid, "what": what})
    return f"{url}?person={person.uuid}" if person else url


def arrival(**changes) -> dict:
    return {
        "name": "李 四",
        "sex": "F",
        "birth_year": "1992",
        "relation_word": "租客",
        "on": timezone.localdate().isoformat(),
        "phone": "138 0000 0000",
        "id_number": "",
        "other_address": "金华市",
        "note": "",
        "token": str(uuid.uuid4()),
    } | changes


def send_back(report, staff, reason="请补姓名"):
    ids = [report.community_id]
    with scope(APP, communities=ids, write=ids, user_id=staff.id):
        return actions.send_back(by=staff, report=report, reason=reason)


def test_the_kind_is_chosen_first(head, house):
    url = reverse("residents:head_report_kind", kwargs={"dwelling": house.dwelling.uuid})
    text = head.get(url).content.decode()
    for word in ("有人搬入", "有人搬走", "有人去世", "信息有误"):
        assert word in text


def test_somebody_moved_in(head, house, cast):
    page = head.post(url_of(house, "move_in"), arrival(), follow=True)
    assert page.redirect_chain == [(f"{reverse('residents:head_reports')}?sent", 302)]
    report = ChangeReport.objects.get()
    assert (report.name, report.sex, report.birth_year, report.phone) == ("李四", "F", 1992, "13800000000")
    assert (report.stairwell, report.dwelling, report.proposer) == (house.first, house.dwelling, cast["head"])
    assert (report.state, report.before) == ("pending", {"people": ["张三"]})
    text = page.content.decode()
    assert "待审核" in text
    assert "李四" in text
    # The register itself is as it was.
    assert Residence.objects.count() == 1


def test_the_id_number_is_sealed_and_shown_masked(head, house):
    head.post(url_of(house, "move_in"), arrival(id_number=ID_NUMBER))
    report = ChangeReport.objects.get()
    assert report.id_mask == "3301**************"
    assert ID_NUMBER.encode() not in bytes(report.sealed)
    assert report.read_id() == ID_NUMBER


def test_the_same_form_sent_twice_is_one_report(head, house):
    data = arrival()
    for _ in range(2):
        assert head.post(url_of(house, "move_in"), data).status_code == 302
    assert ChangeReport.objects.count() == 1


def test_what_was_typed_is_kept_on_errors(head, house):
    tomorrow = (timezone.localdate() + datetime.timedelta(days=1)).isoformat()
    data = arrival(on=tomorrow, id_number=ID_NUMBER, note="住在朝北的房间")
    page = head.post(url_of(house, "move_in"), data)
    text = page.content.decode()
    assert page.status_code == 200
    assert "日期不能晚于今天" in text
    assert "住在朝北的房间" in text
    assert "金华市" in text
    # The number is kept too, but not in the page.
    assert ID_NUMBER not in text
    assert "已填写 3301**************" in text
    sealed = re.search(r'name="id_sealed" value="([^"]+)"', text).group(1)
    again = arrival(token=data["token"], id_sealed=sealed)
    assert head.post(url_of(house, "move_in"), again).status_code == 302
    assert ChangeReport.objects.get().read_id() == ID_NUMBER


def test_a_sealed_number_of_another_form_is_worth_nothing(head, house):
    tomorrow = (timezone.localdate() + datetime.timedelta(days=1)).isoformat()
    page = head.post(url_of(house, "move_in"), arrival(on=tomorrow, id_number=ID_NUMBER))
    sealed = re.search(r'name="id_sealed" value="([^"]+)"', page.content.decode()).group(1)
    assert head.post(url_of(house, "move_in"), arrival(id_sealed=sealed)).status_code == 302
    assert ChangeReport.objects.get().sealed is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"birth_year": "85"}, "四位数字"),
        ({"birth_year": "2999"}, "不能晚于今年"),
        ({"phone": "12"}, "认不出电话号码"),
        ({"id_number": "330102197003010018"}, "校验"),
        ({"on": "前天"}, "正确的日期"),
        ({"on": "1960-01-01", "name": "（）"}, "请填写姓名"),
    ],
)
def test_bad_input_gets_a_sentence(head, house, changes, sentence):
    page = head.post(url_of(house, "move_in"), arrival(**changes))
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert not ChangeReport.objects.exists()


def test_somebody_moved_out(head, house):
    data = {
        "person": str(house.person.uuid),
        "on": timezone.localdate().isoformat(),
        "other_address": "杭州",
        "note": "",
        "token": str(uuid.uuid4()),
    }
    assert head.post(url_of(house, "move_out"), data).status_code == 302
    report = ChangeReport.objects.get()
    assert (report.person, report.name, report.other_address) == (house.person, "张三", "杭州")
    assert report.before == {"name": "张三", "lives_here": True}


def test_who_died_must_live_behind_the_door(head, house):
    data = {
        "person": str(uuid.uuid4()),
        "on": timezone.localdate().isoformat(),
        "token": str(uuid.uuid4()),
    }
    page = head.post(url_of(house, "death"), data)
    assert page.status_code == 200
    assert not ChangeReport.objects.exists()


def test_a_correction_begins_with_what_the_register_says_and_keeps_only_the_difference(head, house):
    assert str(house.person.uuid) in head.get(url_of(house, "correction")).content.decode()
    url = url_of(house, "correction", house.person)
    text = head.get(url).content.decode()
    assert 'value="张三"' in text
    assert 'value="1970"' in text
    data = {
        "name": "张叁", "sex": "M", "birth_year": "1970", "relation_word": "户主", "phone": "13900000000",
        "id_number": "", "note": "", "token": str(uuid.uuid4()),
    }  # fmt: skip
    assert head.post(url, data).status_code == 302
    report = ChangeReport.objects.get()
    assert (report.name, report.sex, report.birth_year, report.relation_word) == ("张叁", "", None, "")
    assert report.before["name"] == "张三"


def test_an_empty_flat_has_nobody_to_move_out(head, house):
    empty = Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.first, room="102"
    )
    url = reverse("residents:head_report", kwargs={"dwelling": empty.uuid, "what": "move_out"})
    assert "没有登记住户" in head.get(url).content.decode()


def test_an_unknown_kind_is_not_there(head, house):
    assert head.get(url_of(house, "entry")).status_code == 404


def test_a_returned_report_is_put_right_and_sent_again(head, house, cast):
    head.post(url_of(house, "move_in"), arrival(id_number=ID_NUMBER))
    old = ChangeReport.objects.get()
    send_back(old, cast["staff"])
    text = head.get(reverse("residents:head_reports")).content.decode()
    assert "已退回" in text
    assert "社区意见：请补姓名" in text
    url = reverse("residents:head_report_again", kwargs={"report": old.uuid})
    assert url in text
    page = head.get(url).content.decode()
    assert 'value="李四"' in page
    assert "金华市" in page
    assert "原来填写了 3301**************" in page
    assert ID_NUMBER not in page
    assert head.post(url, arrival(name="李斯")).status_code == 302
    new = ChangeReport.objects.exclude(pk=old.pk).get()
    assert (new.replaces, new.name, new.state) == (old, "李斯", "pending")
    assert new.read_id() == ID_NUMBER
    # Once is enough.
    assert head.get(url).status_code == 404
    assert "已改正并重新上报" in head.get(reverse("residents:head_reports")).content.decode()


def test_a_report_that_was_not_returned_is_not_sent_again(head, house):
    head.post(url_of(house, "move_in"), arrival())
    url = reverse("residents:head_report_again", kwargs={"report": ChangeReport.objects.get().uuid})
    assert head.get(url).status_code == 404


def test_another_stairwells_head_gets_404(client, cast, house):
    client.force_login(cast["head"])
    client.post(url_of(house, "move_in"), arrival())
    report = ChangeReport.objects.get()
    send_back(report, cast["staff"])
    client.force_login(cast["head2"])
    url = reverse("residents:head_report_again", kwargs={"report": report.uuid})
    assert client.get(url).status_code == 404
    assert client.post(url, arrival()).status_code == 404
    assert client.post(url_of(house, "move_in"), arrival()).status_code == 404
    assert "李四" not in client.get(reverse("residents:head_reports")).content.decode()


def test_the_door_says_that_a_report_waits(head, house):
    head.post(url_of(house, "move_in"), arrival())
    url = reverse("residents:head_doors", kwargs={"stairwell": house.first.uuid})
    assert "有1条上报待审核" in head.get(url).content.decode()
