"""Notice period and objections (异议): submission, tracking code, answer, permissions."""

import datetime
import re

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from community.bulletins.notice_state import NoticeState, published_bulletins
from community.bulletins.rules import Key
from community.dated_rules.actions import RuleError, set_rule
from community.dated_rules.rules import value_of
from community.objections import actions as objection_actions
from community.objections.forms import ObjectionForm
from community.objections.hooks import objections_due
from community.objections.models import Objection, ObjectionAnswer
from community.objections.tracking_codes import ALPHABET, LENGTH, new_code
from community.public_pages import queries as public_page_queries
from portal.access.db_scope import APP, PUBLIC, scope
from portal.access.user_access import Access
from portal.audit.intake_limits import IntakeLimits
from portal.values.dates import prose_date
from tests.community.bulletins.drafting import correct, publish

pytestmark = pytest.mark.django_db
PAGE = "/p/kuocang/bulletins/2026-10/"


@pytest.fixture
def version(house, cast, quick_pdf):
    return publish(house.kuocang, cast)


@pytest.fixture
def objection(version) -> Objection:
    return take(version.notice)


def take(notice, code="") -> Objection:
    fields = {"text": "维修费不对", "name": "洪先生", "contact": "13800138000"}
    objection_actions.take_objection(notice=notice, code=code or new_code(), **fields)
    return Objection.objects.latest("id")


def form(client, notice) -> dict:
    """Form data of the page, with its ticket."""
    page = client.get(f"/p/kuocang/notices/{notice.uuid}/object/").content.decode()
    return {"text": "维修费不对", "ticket": re.search(r'name="ticket" value="([^"]+)"', page)[1]}


def test_notice_period_follows_the_rule_of_its_day(house, cast, quick_pdf, today):
    kuocang, director = house.kuocang, cast["director"]
    rule = {"community": kuocang, "key": Key.BULLETIN_NOTICE_DAYS, "source": "街道通知第三条", "by": director}
    with pytest.raises(RuleError, match="不能早于今天"):
        set_rule(value=10, start=today - datetime.timedelta(days=1), **rule)
    with pytest.raises(RuleError, match="1到90天"):
        set_rule(value=91, start=today, **rule)
    first = publish(kuocang, cast)
    assert first.notice.until == today + datetime.timedelta(days=7)
    set_rule(value=30, start=today + datetime.timedelta(days=1), **rule)
    set_rule(value=12, start=today, **rule)
    set_rule(value=10, start=today, **rule)  # the later entry of one day holds
    assert value_of(kuocang, Key.BULLETIN_NOTICE_DAYS, today + datetime.timedelta(days=1)) == 30
    assert value_of(house.beizheng, Key.BULLETIN_NOTICE_DAYS, today) == 7
    second = correct(first, cast)
    first.notice.refresh_from_db()
    assert second.notice.until == today + datetime.timedelta(days=10)
    assert first.notice.until == today + datetime.timedelta(days=7)


def test_director_sets_a_dated_rule(house, cast, client, today):
    client.force_login(cast["director"])
    url = f"/c/kuocang/rules/?key={Key.BULLETIN_NOTICE_DAYS}"
    assert "现行：<strong>7天" in client.get(url).content.decode()
    data = {
        "key": Key.BULLETIN_NOTICE_DAYS,
        "value": "10",
        "start": today.isoformat(),
        "source": "街道通知第三条",
        "token": "0" * 32,
    }
    wrong = client.post(url, data | {"value": "0", "source": ""})
    assert wrong.status_code == 422
    assert "请写明依据" in wrong.content.decode()
    for _ in range(2):
        assert client.post(url, data).status_code == 302
    assert "街道通知第三条" in client.get("/c/kuocang/rules/").content.decode()
    page = client.get(url).content.decode()
    assert "现行：<strong>10天" in page
    assert page.count("街道通知第三条") == 2  # in force, and once in the history


def test_objection_is_idempotent_and_tracked_by_code(version, cast, client):
    until = version.notice.until
    assert f"公示中（至{prose_date(until)}）" in client.get(PAGE).content.decode()
    data = form(client, version.notice)
    url = f"/p/kuocang/notices/{version.notice.uuid}/object/"
    codes = {
        re.search(r'class="secret">([^<]+)<', client.post(url, data).content.decode())[1] for _ in range(2)
    }
    (code,) = codes  # sent twice, taken once, and the code is not lost
    assert len(code.replace("-", "")) == LENGTH
    assert set(code) <= {*ALPHABET, "-"}
    objection = Objection.objects.get()
    assert code.replace("-", "").encode() not in bytes(objection.code_hash)

    def track(code: str):
        answer = client.post("/objections/", {"code": code})
        return answer.status_code, answer.content.decode()

    assert "尚未答复" in track(code)[1]
    objection_actions.answer_objection(
        objection=objection, gist="维修费有出入", text="已核对，数字无误。", by=cast["supervisor"]
    )
    assert "已核对，数字无误" in track(code.lower().replace("-", " "))[1]
    wrong = track(new_code())
    Objection.objects.update(objected_at=timezone.now() - datetime.timedelta(days=366))
    expired = track(code)
    assert wrong[0] == expired[0] == 404
    assert "没有找到这个查询码，或已经过期" in wrong[1]
    assert "没有找到这个查询码，或已经过期" in expired[1]
    public = client.get(PAGE).content.decode()
    assert "维修费有出入" in public
    assert "维修费不对" not in public  # the objector's own words stay inside


def test_a_forged_ticket_and_an_empty_text_are_refused(version, client):
    url = f"/p/kuocang/notices/{version.notice.uuid}/object/"
    forged = client.post(url, {"text": "维修费不对", "ticket": "x" * 40})
    assert (forged.status_code, "页面打开时间太长" in forged.content.decode()) == (422, True)
    empty = client.post(url, form(client, version.notice) | {"text": " ", "name": "洪先生"})
    assert (empty.status_code, "洪先生" in empty.content.decode()) == (422, True)
    assert client.get(f"/p/beizheng/notices/{version.notice.uuid}/object/").status_code == 404
    assert not Objection.objects.exists()


def test_objections_are_limited_by_network_and_a_few_more_come_through(version, client, monkeypatch):
    limits = IntakeLimits("objection", network=(2, 9), community=(9, 9), beyond=(1, 9))
    monkeypatch.setattr("community.public_pages.views.OBJECTIONS", limits)
    monkeypatch.setattr("community.public_pages.views.LOOKS_AN_HOUR", 1)
    url = f"/p/kuocang/notices/{version.notice.uuid}/object/"

    def object_from(address: str) -> int:
        return client.post(url, form(client, version.notice), REMOTE_ADDR=address).status_code

    assert [object_from("203.0.113.5") for _ in range(4)] == [200, 200, 200, 429]
    assert [object_from("203.0.113.6") for _ in range(2)] == [200, 200]
    refused = client.post(url, form(client, version.notice), REMOTE_ADDR="203.0.113.5").content.decode()
    assert "提交过于频繁" in refused
    assert "维修费不对" in refused  # nothing typed is lost
    looks = [client.post("/objections/", {"code": "x"}, REMOTE_ADDR=f"2001:db8::{n}") for n in (1, 2)]
    assert [answer.status_code for answer in looks] == [404, 429]
    assert Objection.objects.count() == 5


def test_objection_after_the_notice_period_is_refused(house, cast, quick_pdf, client):
    version = publish(house.kuocang, cast, at=timezone.now() - datetime.timedelta(days=8))
    assert "公示已结束" in client.get(PAGE).content.decode()
    late = client.post(f"/p/kuocang/notices/{version.notice.uuid}/object/", form_of_another(client, version))
    assert (late.status_code, "不再接收异议" in late.content.decode()) == (409, True)


def form_of_another(client, version) -> dict:
    """Form data with the ticket of another notice, since a closed notice shows no form."""
    return {"text": "维修费不对", "ticket": ObjectionForm()["ticket"].value()}


def test_public_db_role_inserts_objections_but_reads_none(version):
    with scope(PUBLIC):
        objection_actions.take_objection(notice=version.notice, text="维修费不对", code=new_code())
        assert public_page_queries.answers_to(version.community, [version]) == []
        with pytest.raises(ProgrammingError), transaction.atomic():
            Objection.objects.first()
        with pytest.raises(ProgrammingError), transaction.atomic():
            Objection.objects.update(text="改")


def test_objection_text_is_immutable(objection):
    reach = {"communities": [objection.community_id], "write": [objection.community_id]}
    with scope(APP, **reach):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Objection.objects.update(text="改")
        with pytest.raises(ProgrammingError), transaction.atomic():
            Objection.objects.all()._raw_delete("default")
    assert not {"name", "contact", "code_hash"} & {f.name for f in Objection.pgh_event_model._meta.fields}


def test_director_answers_only_handed_over_objections_anonymously(objection, cast, client):
    url = f"/c/kuocang/objections/{objection.uuid}/"
    data = {"gist": "维修费有出入", "text": "已核对。", "token": "0" * 32}
    client.force_login(cast["director"])
    page = client.get(url).content.decode()
    assert "维修费不对" in page
    assert "洪先生" not in page
    assert "13800138000" not in page
    assert client.post(url, data).status_code == 403
    client.force_login(cast["supervisor"])
    assert "洪先生" in client.get(url).content.decode()
    client.post(f"{url}hand-over/")
    client.force_login(cast["director"])
    assert "洪先生" not in client.get(url).content.decode()
    assert client.post(url, data).status_code == 302
    assert ObjectionAnswer.objects.get().answered_by == cast["director"]


def test_objection_answer_is_unique_and_scanned(objection, cast, client):
    url = f"/c/kuocang/objections/{objection.uuid}/"
    client.force_login(cast["supervisor"])
    data = {"gist": "维修费有出入", "text": "请联系13900139000。", "token": "0" * 32}
    refused = client.post(url, data)
    assert (refused.status_code, "请先隐去疑似个人信息" in refused.content.decode()) == (422, True)
    assert "13900139000" in refused.content.decode()  # what was typed stays
    for _ in range(2):
        client.post(url, data | {"text": "已核对。"})
    late = {"gist": "另一种说法", "text": "另一个答复", "token": "1" * 32}
    refused = client.post(url, late)
    assert (refused.status_code, "已答复这件异议" in refused.content.decode()) == (422, True)
    assert "另一个答复" in refused.content.decode()
    assert ObjectionAnswer.objects.get().text == "已核对。"


def test_unanswered_objections_are_due_and_prevent_archiving(house, cast, quick_pdf, today, client):
    version = publish(house.kuocang, cast)
    objection = take(version.notice)
    until = version.notice.until
    later = until + datetime.timedelta(days=1)

    def due(name, on) -> list[tuple]:
        return [(d.title, d.on) for d in objections_due(Access.of(cast[name]), [house.kuocang.ref], on)]

    def notice_state(on):
        return published_bulletins([version], Objection.objects.all())[version.month].notice_state(on)

    assert due("supervisor", today) == [("居民异议待答复 1件", until)]
    assert due("director", today) == due("staff", later) == []
    assert (
        due("director", later)
        == due("supervisor", later)
        == [("居民异议待答复 1件，其中1件已过公示期", until)]
    )
    assert (notice_state(until), notice_state(later)) == (NoticeState.ON_NOTICE, NoticeState.OVER)
    client.force_login(cast["supervisor"])
    assert "1件异议待答复" in client.get("/c/kuocang/bulletins/?year=2026&state=notice").content.decode()
    assert "没有符合条件" in client.get("/c/kuocang/bulletins/?state=archived").content.decode()
    objection_actions.answer_objection(
        objection=objection, gist="维修费", text="已核对。", by=cast["supervisor"]
    )
    assert due("supervisor", later) == due("director", later) == []
    assert (notice_state(until), notice_state(later)) == (NoticeState.ON_NOTICE, NoticeState.ARCHIVED)
