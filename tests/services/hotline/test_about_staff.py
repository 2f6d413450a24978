"""Orders about the committee's own staff: pointed out, decided, handed over, and never met by whom they name."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client

from portal.cases.actions import take_step
from portal.importing.models import ImportRow
from services.complaints.actions import LEFT_BEHIND
from services.complaints.models import StaffComplaint
from services.hotline.words import is_about_staff
from services.requests.models import Request
from tests.addresses import addresses_of, sample_arguments
from tests.imports import Pages, run_jobs
from tests.services.complaints.test_accused import walk
from tests.services.hotline.lists import hotline, order, request_of

pytestmark = pytest.mark.django_db

TEXT = "finance某办事拖拉记号甲"
NAME, PHONE, PLACE = "记号乙", "13912345678", "记号丙窗口"
MARKS = ("记号", PHONE)
ABOUT = order("S-1", 诉求内容=TEXT, 来电人=NAME, 联系电话=PHONE, 所在位置=PLACE)
FILES = "/c/kuocang/hotline/files/"


def decide(pages, batch, **answers):
    """Send the decisions about rows by order number (dashes left out): complaint or request."""
    rows = {row.label.replace("-", ""): row.pk for row in ImportRow.objects.filter(batch=batch)}
    data = {f"row-{rows[number]}": answer for number, answer in answers.items()}
    return pages.client.post(f"{FILES}{batch.uuid}/staff/", data, follow=True)


def apply(pages, batch):
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    batch.refresh_from_db()
    assert batch.state == "applied", batch.report
    return batch


def stored_words() -> str:
    with connection.cursor() as cursor:
        found = ""
        for table in (
            "services_request",
            "services_requestevent",
            "services_requeststep",
            "portal_importrow",
        ):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} t")
            found += cursor.fetchone()[0] or ""
    return found


def test_a_row_that_names_posted_staff_becomes_a_complaint(pages, cast):
    before = StaffComplaint.objects.count()
    batch = pages.check(hotline(ABOUT, order("N-1")))
    page = pages.show(batch, show="new").content.decode()
    assert "可能反映工作人员（1）" in page
    assert TEXT in page
    assert "finance某（" in page
    assert not any(mark in stored_words() for mark in MARKS), "encrypted while it waits"
    apply(pages, batch)
    assert StaffComplaint.objects.count() == before + 1
    complaint = StaffComplaint.objects.latest("id")
    assert complaint.accused == [cast["finance"].pk]
    facts = complaint.facts
    assert (facts["name"], facts["phone"]) == (NAME, PHONE)
    assert all(words in facts["text"] for words in (TEXT, PLACE, "12345工单编号：S-1", "2026-11-06 17:30"))
    request = request_of("S-1")
    assert (request.state, request.text, request.name, request.code_hash) == ("handed", LEFT_BEHIND, "", None)
    assert not any(mark in stored_words() for mark in MARKS)
    assert request_of("N-1").state == "new"


def test_the_clerk_decides_otherwise(pages):
    batch = pages.check(
        hotline(
            ABOUT,
            order("S-2", 诉求类型="工作作风", 诉求内容="态度不好记号丁"),
            order("S-3", 诉求内容="谢谢finance某"),
        )
    )
    page = pages.show(batch).content.decode()
    assert "可能反映工作人员（3）" in page
    answer = decide(pages, batch, S2="complaint", S3="request")
    assert "已保存" in answer.content.decode()
    pages.client.post(pages.url("import_mapping", batch), pages.mapping(batch))  # checked again
    run_jobs()
    apply(pages, batch)
    states = {number: request_of(number).state for number in ("S-1", "S-2", "S-3")}
    assert states == {"S-1": "handed", "S-2": "handed", "S-3": "new"}
    assert request_of("S-3").text == "谢谢finance某"
    assert "决定没有保存" in decide(pages, batch, S3="complaint").content.decode()


def test_whoever_is_named_does_not_read_it_and_does_not_decide(client, cast):
    client.force_login(cast["staff"])
    pages = Pages(client, "kuocang", "services:hotlineorder")
    own = order("S-1", 诉求内容="staff某态度恶劣记号甲", 来电人=NAME, 联系电话=PHONE)
    wrong = order("S-2", 诉求内容="又是staff某记号戊", 办理时限="尽快")
    long = order("S-3", 诉求内容="staff某记号己" * 300)
    batch = pages.check(hotline(own, wrong, long, order("N-1")))
    for show in ("new", "error", "warnings", "duplicate", "unchanged"):
        page = pages.show(batch, show=show).content.decode()
        assert "1行反映本人，转居务监督委员会办理" in page
        assert not any(mark in page for mark in MARKS), show
    decide(pages, batch, S1="request")
    refused = client.post(pages.url("import_refused", batch), follow=True).content
    assert "请由其他同事下载" in refused.decode()
    apply(pages, batch)
    assert request_of("S-1").state == "handed"
    filled = client.post(f"{FILES}{batch.uuid}/fill/", follow=True).content
    assert "请由其他同事下载" in filled.decode()


def test_the_accused_never_meets_it_and_a_reader_does(pages, house, cast):
    own = order(
        "S-1", 诉求内容="finance某和party某态度恶劣记号甲", 来电人=NAME, 联系电话=PHONE, 所在位置=PLACE
    )
    apply(pages, pages.check(hotline(own, order("N-1"))))
    addresses = addresses_of(sample_arguments(house, cast), house, cast)
    for who in ("finance", "party", "staff"):
        client = Client()
        client.force_login(cast[who])
        met = {name: there for name, there in walk(client, addresses, MARKS).items() if there}
        assert met == {}, who
    client = Client()
    client.force_login(cast["supervisor"])
    assert walk(client, addresses, MARKS)["services:complaint_detail"] == list(MARKS)


def test_its_result_is_filled_in_by_whoever_may_read_the_complaint(client, cast):
    client.force_login(cast["director"])
    pages = Pages(client, "kuocang", "services:hotlineorder")
    batch = apply(
        pages,
        pages.check(
            hotline(order("S-1", 诉求内容="supervisor某不公"), order("S-2", 诉求内容="finance某不公"))
        ),
    )
    complaint = StaffComplaint.objects.filter(accused=[cast["supervisor"].pk]).latest("id")
    director = cast["director"]
    take_step(complaint, "take", by=director, changes={"owner": director})
    take_step(complaint, "note", by=director, text="内部的话")
    take_step(complaint, "answer", by=director, text="已批评教育")
    other = StaffComplaint.objects.filter(accused=[cast["finance"].pk]).latest("id")
    take_step(other, "take", by=cast["supervisor"], changes={"owner": cast["supervisor"]})
    take_step(other, "answer", by=cast["supervisor"], text="别人答复")

    def filled() -> dict:
        content = client.post(f"{FILES}{batch.uuid}/fill/").content
        rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2)
        return {row[0].value: [cell.value for cell in row[9:12]] for row in rows}

    assert filled() == {"S-1": ["已批评教育", None, None], "S-2": [None] * 3}
    assert "其中1件由居务监督委员会办理" in client.get(FILES).content.decode()
    client.force_login(cast["staff"])
    assert filled() == {"S-1": [None] * 3, "S-2": [None] * 3}
    assert "其中2件由居务监督委员会办理" in client.get(FILES).content.decode()


def test_an_order_that_was_handed_over_is_not_taken_in_again(pages):
    apply(pages, pages.check(hotline(ABOUT)))
    before = StaffComplaint.objects.count()
    batch = pages.check(hotline({**ABOUT, "诉求内容": f"{TEXT}，又来电"}))
    assert batch.report["counts"]["unchanged"] == 1
    page = pages.show(batch, show="warnings").content.decode()
    assert "已移交居务监督委员会办理，不再更新" in page
    assert "记号" not in page
    assert StaffComplaint.objects.count() == before


def test_an_update_that_names_staff_does_not_get_into_the_requests(pages):
    apply(pages, pages.check(hotline(order("1"))))
    batch = pages.check(hotline(order("1", 诉求内容=TEXT)))
    page = pages.show(batch, show="error").content.decode()
    assert "更新后的内容可能反映工作人员，没有更新" in page
    assert "记号" not in page


def test_the_undo_leaves_what_was_handed_over(pages):
    batch = apply(pages, pages.check(hotline(ABOUT, order("N-1"))))
    count = StaffComplaint.objects.count()
    pages.client.post(pages.url("import_undo", batch))
    run_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.report.get("not_undone")) == ("undone", None)
    assert StaffComplaint.objects.count() == count
    assert request_of("S-1").state == "handed"
    assert not Request.objects.filter(hotline_orders__number="N-1").exists()


def test_another_community_decides_nothing(pages, cast):
    batch = pages.check(hotline(ABOUT))
    client = Client()
    for who in ("finance", "supervisor", "stranger"):
        client.force_login(cast[who])
        assert client.post(f"{FILES}{batch.uuid}/staff/").status_code in (403, 404)


@pytest.mark.parametrize(
    ("kind", "about"), [("工作作风", True), ("反映工作人员", True), ("噪声扰民", False), ("", False)]
)
def test_categories_about_staff(kind, about):
    assert is_about_staff(kind) == about
