"""Papers of a request: 受理回执, 转办单, 答复书."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from portal.audit.models import AccessLog
from portal.cases.actions import take_step
from services.requests.models import Request
from tests.services.requests.test_intake import code_on, register, typed, url_of

pytestmark = pytest.mark.django_db
LONG = "楼道里堆放的纸箱和旧家具一直没有清走，老人上下楼很不方便。" * 60


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def case(staff, cast):
    """In hand, with a name and a phone."""
    request, _ = register(
        staff, text="路灯不亮", place="3幢1单元楼下", name="阿不都热依木·买买提", phone="13900000001",
        category="repair", is_mine="on",
    )  # fmt: skip
    return request


def pages_of(answer) -> list[str]:
    assert answer["Content-Type"] == "application/pdf", answer
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.content)).pages]


def printed() -> list[str]:
    return list(AccessLog.objects.filter(action="print").order_by("pk").values_list("reason", flat=True))


def test_receipt_in_two_copies_with_one_code(staff):
    _, page = register(staff, text=LONG[:1900], place="3幢", name="王" * 60)
    code, url = code_on(page), page.context["receipt_url"]
    (text,) = pages_of(staff.get(url))
    assert text.count(code) == 1
    assert text.count("居民诉求受理回执") == 2
    assert "全文以登记为准" in text
    case = Request.objects.order_by("pk").last()
    (again,) = pages_of(staff.get(url_of("request_receipt", case)))
    assert code not in again
    assert printed() == ["受理回执", "受理回执"]


def test_forward_paper_names_the_resident_only_when_told_to(staff, case, cast):
    url = url_of("request_forward_paper", case)
    assert "还没有转单位办理" in staff.get(url, follow=True).content.decode()
    case.refresh_from_db()
    take_step(
        case, "forward", by=cast["staff"], text="请检修路灯。", details={"承办单位": "市政所"},
        changes={"unit": "市政所"},
    )  # fmt: skip
    plain = "".join(pages_of(staff.post(url, typed(staff, url))))
    assert "市政所：" in plain
    assert "请检修路灯。" in plain
    assert "居民诉求办理回执" in plain
    assert "买买提" not in plain
    assert "13900000001" not in plain
    full = "".join(pages_of(staff.post(url, typed(staff, url, with_contact="on"))))
    assert "买买提" in full
    assert "13900000001" in full
    assert printed() == ["转办单", "转办单"]


def test_answer_paper_of_two_pages(staff, case, cast):
    url = url_of("request_answer_paper", case)
    assert "还没有答复" in staff.get(url, follow=True).content.decode()
    case.refresh_from_db()
    take_step(
        case, "answer", by=cast["staff"], text=LONG[:1700], details={"结果": "已解决"},
        changes={"outcome": "solved", "rating": ""},
    )  # fmt: skip
    pages = pages_of(staff.get(url))
    assert len(pages) >= 2
    assert "已解决。" in "".join(pages)
    assert "居民委员会" in pages[-1]
    assert printed() == ["答复书"]


def test_papers_of_a_request_without_anything(staff, cast):
    case = Request.objects.filter(text="路灯不亮", name="").get()
    assert pages_of(staff.get(url_of("request_receipt", case)))
    detail = staff.get(reverse("services:request_detail", kwargs={"community": "kuocang", "row": case.uuid}))
    assert url_of("request_forward_paper", case) not in detail.content.decode()
