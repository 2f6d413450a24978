"""Requests that do not come from the web: phone and counter, lost codes, hand-overs."""

import re

import pytest
from django.urls import reverse

from community.objections.tracking_codes import code_hash
from community.places.models import Building
from community.tasks.models import Task
from portal.access.user_access import Access
from portal.cases.actions import take_step
from portal.handover.models import Handover
from residents.head_reports.models import ChangeReport
from services.requests.models import Request
from services.requests.places import building_at

pytestmark = pytest.mark.django_db


def url_of(name: str, row=None) -> str:
    kwargs = {"community": "kuocang"} | ({"row": row.uuid} if row else {})
    return reverse(f"services:{name}", kwargs=kwargs)


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def typed(client, url: str, **values) -> dict:
    """Form data of a page as a browser sends it, with these values typed."""
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields} | values
    return {name: value for name, value in data.items() if value not in (None, "", False)}


def register(client, **values):
    """Register a request; returns it and the page with its code."""
    url = url_of("request_create")
    answer = client.post(url, typed(client, url, **values))
    assert answer.status_code == 302, answer.context["form"].errors
    return Request.objects.order_by("pk").last(), client.get(answer.url)


def code_on(page) -> str:
    return re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", page.content.decode())[0]


def test_request_at_the_counter_is_in_hand_at_once(staff, house, cast):
    request, page = register(
        staff, channel="counter", text="路灯不亮", place="3幢1单元楼下", phone="139 0000 0001",
        category="repair", is_mine="on",
    )  # fmt: skip
    assert (request.state, request.owner, request.building) == ("in_hand", cast["staff"], house.building)
    assert request.phone == "13900000001"
    code = code_on(page)
    assert bytes(request.code_hash) == code_hash(code)
    text = page.content.decode()
    assert "对应楼幢：3幢" in text
    assert f"/track/#{code}" not in text  # in the QR code only
    # The code is shown for a day to whoever took the request in, and to nobody else.
    assert code not in staff.get(url_of("request_code", request)).content.decode()
    staff.force_login(cast["civil"])
    assert (
        code not in staff.get(page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"]).content.decode()
    )


def test_form_refuses_what_it_cannot_keep(staff, house, cast):
    url, before = url_of("request_create"), Request.objects.count()
    for values, sentence in (
        ({"text": ""}, "请写明诉求内容"),
        ({"text": "灯", "phone": "王五家"}, "认不出电话号码"),
        ({"text": "灯", "is_mine": "on"}, "请选择类别"),
        (
            {"text": "灯", "is_mine": "on", "category": "repair", "owner": cast["civil"].pk},
            "不要再分派给别人",
        ),
        ({"text": "灯", "owner": "999999", "category": "repair"}, "选择"),
        ({"text": "灯", "ticket": "x"}, "页面打开时间太长"),
        ({"text": "灯", "place": "幢" * 121}, "120"),
    ):
        answer = staff.post(url, typed(staff, url, **values))
        assert answer.status_code == 422, values
        assert sentence in answer.content.decode()
    assert Request.objects.count() == before


def test_sent_twice_it_is_one_request_with_one_code(staff):
    url = url_of("request_create")
    data = typed(staff, url, text="井盖响")
    pages = [staff.get(staff.post(url, data).url) for _ in range(2)]
    assert Request.objects.filter(text="井盖响").count() == 1
    assert code_on(pages[0]) == code_on(pages[1])


def test_only_the_director_registers_a_private_one(staff, cast):
    assert "is_private" not in staff.get(url_of("request_create")).context["form"].fields
    staff.force_login(cast["director"])
    request, _ = register(staff, text="家里的事", is_private="on", category="other", is_mine="on")
    assert (request.required_right, request.owner) == ("requests.decide", cast["director"])
    url = url_of("request_create")
    data = typed(staff, url, text="家里的事", is_private="on", category="other", owner=cast["staff"].pk)
    assert "只有主任看到" in staff.post(url, data).content.decode()
    staff.force_login(cast["staff"])
    assert staff.get(url_of("request_code", request)).status_code == 404


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3幢1单元楼下", "3幢"),
        ("三栋门口", "3幢"),
        ("滨江花园3号楼", "3幢"),
        ("３幢", "3幢"),
        ("13幢", None),
        ("小区大门", None),
        ("3", None),
        ("", None),
        ("5幢北边", None),  # two estates have one
        ("东苑5幢北边", "5幢"),
    ],
)
def test_building_of_a_place_in_words(house, cast, text, found):
    for estate in ("东苑", "西苑"):
        Building.objects.create(community=house.kuocang, label="5幢", key="5", estate=estate)
    building = building_at(text, Access.of(cast["staff"]), house.kuocang.ref)
    assert (building and building.label) == found


def test_repeat_caller_is_seen_while_typing_and_afterwards(staff, house, cast):
    first, _ = register(staff, text="楼道堆物", phone="13900000001")
    hints = staff.post(url_of("request_hints"), {"phone": "139-0000-0001", "place": "3幢"}).content.decode()
    assert str(first) in hints
    assert "地点对应楼幢：3幢" in hints
    assert (
        "反映过"
        not in staff.post(url_of("request_hints"), {"phone": "x", "place": "x" * 500}).content.decode()
    )
    second, page = register(staff, text="又堆了", phone="13900000001")
    assert str(first) in page.content.decode()
    detail = staff.get(url_of("request_detail", second)).content.decode()
    assert "同一电话近一年的其他诉求" in detail
    assert detail.count(str(first)) == 1


def test_lost_code_is_replaced_after_a_check(staff, cast):
    request, page = register(staff, text="水管漏水")
    old = code_on(page)
    url = url_of("request_replace_code", request)
    assert "请选择怎样核对本人" in staff.post(url, typed(staff, url)).content.decode()
    data = typed(staff, url, checked="电话回拨")
    answers = [staff.post(url, data) for _ in range(2)]
    assert answers[0].url == answers[1].url
    new = code_on(staff.get(answers[0].url))
    request.refresh_from_db()
    assert new != old
    assert bytes(request.code_hash) == code_hash(new)
    step = request.steps.get(name="new_code")
    assert (step.details, step.by, step.text) == ({"核对方式": "电话回拨"}, cast["staff"], "")
    detail = staff.get(url_of("request_detail", request)).content.decode()
    assert "原查询码作废" in detail
    assert new.replace("-", "") not in detail


def test_need_of_a_report_becomes_a_request_and_its_state_goes_back(staff, house, cast):
    report = ChangeReport.objects.create(
        community=house.kuocang, stairwell=house.first, dwelling=house.dwelling, what="correction",
        proposer=cast["head"], on="2026-03-10", note="楼道灯坏了", person=house.person,
    )  # fmt: skip
    kwargs = {"community": "kuocang", "row": report.uuid}
    url = reverse("residents:report_hand_over", kwargs=kwargs)
    data = typed(staff, url, on="2026-12-01")
    for _ in range(2):
        staff.post(url, data)
    request = Request.objects.get(source_url__contains="/reports/")
    assert (request.channel, request.building, request.state) == ("head", house.building, "new")
    assert request.text == "3幢1单元101室：楼道灯坏了\n希望在2026年12月1日前办理。"
    assert request.required_right == "reports.review"
    assert request.steps.get().required_right == "reports.review"
    assert request.due
    detail = staff.get(url_of("request_detail", request)).content.decode()
    assert "查看来源：head某上报，3幢1单元101室" in detail
    take_step(request, "assign", by=cast["staff"], changes={"owner": cast["staff"], "category": "repair"})
    assert Handover.objects.get(uuid=request.uuid).state == "办理中"
    assert "办理中" in staff.get(reverse("residents:report_detail", kwargs=kwargs)).content.decode()


def test_task_becomes_a_request(staff, house, cast):
    task = Task.objects.get()
    url = reverse("services:task_request", kwargs={"community": "kuocang", "task": task.uuid})
    staff.post(url, typed(staff, url))
    request = Request.objects.get(channel="task")
    assert (request.text, request.required_right) == (task.title, "tasks")
    page = staff.get(reverse("community:task_detail", kwargs={"community": "kuocang", "row": task.uuid}))
    assert str(request) in page.content.decode()


def test_hand_over_of_a_narrower_right_is_counted_for_the_others(client, house, cast):
    person = reverse("residents:person_detail", kwargs={"community": "kuocang", "row": house.person.uuid})
    Handover.objects.create(
        community_id=house.kuocang.pk, user_id=cast["civil"].pk, subject="residents.Visit", row_id=1,
        label="需要轮椅", url_name="services:request_detail", state="待受理", required_right="care",
    )  # fmt: skip
    client.force_login(cast["staff"])
    listed = client.get(url_of("request_list")).content.decode()
    assert "另有1件转办的诉求待受理" in listed
    assert "需要轮椅" not in client.get(person).content.decode()
    client.force_login(cast["civil"])
    assert "另有1件" not in client.get(url_of("request_list")).content.decode()
