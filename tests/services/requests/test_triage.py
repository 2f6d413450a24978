"""Triage of requests: what needs somebody, doubles, the division of work and reply templates."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.places.models import Building
from portal.access.user_access import Access
from portal.cases.actions import take_step
from services.hotline.models import HotlineOrder
from services.requests.actions import assign, take_request
from services.requests.models import CategoryOwner, ReplyTemplate, Request, RequestStep
from services.requests.registers import RequestRegister
from services.requests.similar import similar_requests

pytestmark = pytest.mark.django_db
MOST_QUERIES = 8
"""Of the list under its filters, with session, user, roles and the frame of the page."""


@pytest.fixture
def make(house, cast):
    def make(text: str = "垃圾没人收", owner: str = "", community=None, **fields) -> Request:
        case = take_request(
            by=cast["staff"],
            community_id=(community or house.kuocang).id,
            channel="phone",
            text=text,
            code="",
            **fields,
        )
        if owner:
            assign(request=case, by=cast["staff"], owner=cast[owner], category="sanitation")
        return case

    return make


@pytest.fixture
def page(client, cast):
    """A page of requests as a user, with the form's token sent along."""

    def page(name: str, url: str, **data):
        client.force_login(cast[name])
        if not data:
            return client.get(url)
        form = client.get(url).context["form"]
        return client.post(url, {"token": form["token"].value(), **data}, follow=True)

    return page


def step_page(case, step: str) -> str:
    kwargs = {"community": "kuocang", "row": case.uuid, "step": step}
    return reverse("services:request_step", kwargs=kwargs)


def detail(case) -> str:
    return RequestRegister().url("detail", case.community.ref, case)


# Tabs


def tabs(house, user) -> dict[str, int]:
    return {
        tab.parameters["state"]: tab.rows.count()
        for tab in RequestRegister().list_tabs(Access.of(user), house.kuocang.ref)
    }


def test_tabs_count_what_needs_somebody(house, cast, make):
    RequestStep.objects.all().delete()
    HotlineOrder.objects.all().delete()
    Request.objects.all().delete()
    make()
    make(community=house.xizhigou)
    make(is_private=True)
    mine, waiting, overdue = make(owner="staff"), make(owner="civil"), make(owner="civil")
    take_step(waiting, "ask", by=cast["civil"], text="哪里？")
    Request.objects.filter(pk=overdue.pk).update(due=timezone.now() - datetime.timedelta(hours=1))
    take_step(mine, "add", by=None, text="还有一堆建筑垃圾")
    assert tabs(house, cast["staff"]) == {
        "new": 1, "unread": 1, "overdue": 1, "waiting": 1, "reopened": 0, "mine": 1
    }  # fmt: skip
    take_step(mine, "note", by=cast["staff"], text="看过了")
    assert tabs(house, cast["staff"])["unread"] == 0
    assert tabs(house, cast["director"])["new"] == 2


def test_tabs_say_how_many_rows_their_lists_have(house, cast, make, page):
    for owner in ("", "staff", "civil"):
        make(owner=owner)
    url = RequestRegister().url("list", house.kuocang.ref)
    tabs = page("staff", url).context["tabs"]
    assert [label for label, _, _, _ in tabs] == [
        "待受理",
        "居民有新情况",
        "已超期",
        "待居民补充",
        "重新办理",
        "我承办的",
    ]
    for label, count, address, _ in tabs:
        listed = page("staff", address)
        assert listed.context["page"].paginator.count == len(listed.context["page"].object_list) == count
        assert [name for name, _, _, current in listed.context["tabs"] if current] == [label]


@pytest.mark.parametrize(
    "query",
    ["", "state=open", "state=overdue", "state=mine", "state=unread", "state=satisfied", "category=noise",
     "channel=hotline", "received_at_from=2026-10-01", "rating=satisfied", "answer=late", "q=漏水", "sort=-number"],
)  # fmt: skip
def test_the_list_needs_eight_queries_under_every_filter(house, cast, client, query):
    client.force_login(cast["director"])
    url = f"{RequestRegister().url('list', house.kuocang.ref)}?{query}"
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    asked = [
        query["sql"]
        for query in queries
        if query["sql"].startswith("SELECT")
        and "set_config(" not in query["sql"]
        and "current_setting(" not in query["sql"]
    ]
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


# The next one


def test_after_triage_the_next_one_is_offered(house, cast, make, page):
    first, second = make("垃圾没人收"), make("路灯不亮")
    done = page("staff", step_page(first, "assign"), category="sanitation", owner=str(cast["staff"].pk))
    assert f'<a href="{detail(second)}">下一件待受理：{second}</a>' in done.content.decode()
    last = page("staff", step_page(second, "assign"), category="repair", owner=str(cast["staff"].pk))
    assert "下一件" not in last.content.decode()


# Doubles


def test_similar_requests(house, cast, make):
    building = Building.objects.get(community=house.kuocang)
    new = make("楼下的路灯不亮了，晚上看不见路", place="3幢1单元楼下", building=building)
    words = make("晚上路灯不亮了，看不见路")
    place = make("有人乱扔垃圾", place="3幢 1单元楼下")
    make("楼上漏水到我家", place="5幢", building=None)
    old = make("楼下的路灯不亮了，晚上看不见路")
    Request.objects.filter(pk=old.pk).update(received_at=timezone.now() - datetime.timedelta(days=31))
    make("楼下的路灯不亮了，晚上看不见路", community=house.xizhigou)
    private = make("楼下的路灯不亮了，晚上看不见路", is_private=True)
    found = similar_requests(new, Access.of(cast["staff"]), house.kuocang.ref)
    ours = {other: why for other, why in found if other in (words, place, old, private)}
    assert ours == {words: "内容相近", place: "地点相同"}
    assert len(found) <= 3
    assert private in dict(similar_requests(new, Access.of(cast["director"]), house.kuocang.ref))


def test_a_double_is_merged_with_one_click(house, cast, make, page, client):
    first, new = make("路灯不亮了，晚上看不见路", owner="staff"), make("路灯不亮，晚上看不见路，请修")
    shown = page("civil", detail(new))
    assert [other for other, *_ in shown.context["similar"]] == [first]
    _, _, _, into = shown.context["similar"][0]
    data = {"token": shown.context["merge_form"]["token"].value(), "seen": new.version, "into": into}
    assert client.post(step_page(new, "merge"), data).status_code == 302
    new.refresh_from_db()
    assert (new.state, new.merged_into) == ("merged", first)
    text = page("civil", detail(first)).content.decode()
    assert "并入本件的诉求（1件）" in text
    assert detail(new) in text
    assert f'已并入<a href="{detail(first)}">{first}</a>' in page("civil", detail(new)).content.decode()


# Division of work


def division(page, name: str, **owners):
    url = reverse("services:request_division", kwargs={"community": "kuocang"})
    return page(name, url, **owners) if owners else page(name, url)


def test_division_is_proposed_by_category(house, cast, make, page):
    assert division(page, "staff").status_code == 403
    done = division(page, "director", sanitation=str(cast["civil"].pk), noise=str(cast["staff"].pk))
    assert "改动2类" in done.content.decode()
    case = make()
    form = page("staff", step_page(case, "assign")).context["form"]
    assert ("sanitation", "环境卫生（civil某）") in form.fields["category"].choices
    assert form["owner"].value() == "division"
    page("staff", step_page(case, "assign"), category="sanitation", owner="division")
    case.refresh_from_db()
    assert case.owner == cast["civil"]
    other = make()
    refused = page("staff", step_page(other, "assign"), category="parking", owner="division")
    assert refused.status_code == 422
    assert "停车和交通没有确定分工，请选择承办人。" in refused.content.decode()


def test_division_changes_only_what_was_changed_and_junk_is_refused(house, cast, page):
    division(page, "director", sanitation=str(cast["civil"].pk))
    assert "没有改动" in division(page, "director", sanitation=str(cast["civil"].pk)).content.decode()
    assert division(page, "director", sanitation="x").status_code == 422
    # Of another community, or without the right.
    assert division(page, "director", sanitation=str(cast["stranger"].pk)).status_code == 422
    assert division(page, "director", sanitation=str(cast["party"].pk)).status_code == 422
    assert CategoryOwner.objects.get().owner == cast["civil"]
    division(page, "director", sanitation="")
    assert not CategoryOwner.objects.exists()


def test_who_left_or_may_not_see_it_is_not_proposed(house, cast, make, page):
    CategoryOwner.objects.create(community=house.kuocang, category="sanitation", owner=cast["civil"])
    private = take_request(
        by=cast["director"],
        community_id=house.kuocang.id,
        channel="phone",
        text="家里的事",
        code="",
        is_private=True,
    )
    choices = dict(page("director", step_page(private, "assign")).context["form"].fields["category"].choices)
    assert choices["sanitation"] == "环境卫生"
    cast["civil"].assignments.update(end=timezone.localdate() - datetime.timedelta(days=1))
    choices = dict(page("staff", step_page(make(), "assign")).context["form"].fields["category"].choices)
    assert choices["sanitation"] == "环境卫生"


# Reply templates


def test_a_template_fills_the_answer(house, cast, make, page):
    ReplyTemplate.objects.all().delete()
    case = make(owner="staff")
    form = page("staff", step_page(case, "answer")).context["form"]
    assert "template" not in form.fields  # there are none
    template = ReplyTemplate.objects.create(community=house.kuocang, title="已派单", text="已派物业处理。")
    ReplyTemplate.objects.create(community=house.xizhigou, title="别处的", text="别处的话")
    shown = page("staff", step_page(case, "answer")).content.decode()
    assert 'data-text="已派物业处理。"' in shown
    assert "别处的" not in shown
    # Without a script the server fills it in, for another look.
    filled = page("staff", step_page(case, "answer"), template=str(template.pk), outcome="solved", text=" ")
    assert filled.status_code == 422
    assert filled.context["form"]["text"].value() == "已派物业处理。"
    assert "已填入常用答复" in filled.content.decode()
    own = page("staff", step_page(case, "answer"), template=str(template.pk), outcome="solved", text="已清运")
    assert own.status_code == 200
    assert case.steps.get(name="answer").text == "已清运"


@pytest.mark.parametrize("junk", ["x", "0", "99999999999999999999"])
def test_junk_instead_of_a_template_is_refused(house, make, page, junk):
    ReplyTemplate.objects.create(community=house.kuocang, title="已派单", text="已派物业处理。")
    case = make(owner="staff")
    page_ = page("staff", step_page(case, "answer"), template=junk, outcome="solved", text="已清运")
    assert page_.status_code == 422


# The page of a case


def test_the_page_tells_who_reads_what(house, cast, make, page):
    case = make(owner="staff", name="李阿姨", phone="13800000000")
    take_step(case, "note", by=cast["staff"], text="先看现场")
    take_step(case, "reply", by=cast["staff"], text="正在处理")
    take_step(case, "add", by=None, text="还有一堆")
    shown = page("staff", detail(case))
    kinds = [(entry.step.name, entry.kind, entry.word) for entry in shown.context["course"]]
    assert kinds == [
        ("receive", "internal", ""),
        ("assign", "internal", ""),
        ("note", "internal", "内部"),
        ("reply", "public", "居民可见"),
        ("add", "resident", ""),
    ]
    text = shown.content.decode()
    assert "未填" not in text
    assert "staff某承办；<span>应在" in text
    assert text.index("李阿姨") < text.index("先看现场") < text.index("下一步：答复") < text.index("登记信息")


@pytest.mark.parametrize("words", ["2026-0012", "2026-12", "2026年第12号"])
def test_a_request_is_found_by_its_number(house, make, client, cast, words):
    asked, other = make("路灯不亮"), make("垃圾没人收")
    Request.objects.filter(pk=asked.pk).update(year=2026, number=12)
    Request.objects.filter(pk=other.pk).update(year=2026, number=120)
    client.force_login(cast["staff"])
    listed = client.get(RequestRegister().url("list", house.kuocang.ref), {"q": words})
    assert [row.pk for row in listed.context["page"].object_list] == [asked.pk]
