"""Building heads' reports on a phone: forms, idempotency, errors, photos, results; the register is never written."""

import datetime
import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from portal.access.db_scope import APP, HEAD, scope
from portal.attachments.models import Attachment
from residents.head_reports.actions import review
from residents.head_reports.models import ChangeReport
from residents.homes.models import Dwelling, Residence

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
        return review.return_report(by=staff, report=report, reason=reason)


def test_kind_of_report_is_chosen_first(head, house):
    """The labels use a building head's own words."""
    url = reverse("residents:head_report_kind", kwargs={"dwelling": house.dwelling.uuid})
    text = head.get(url).content.decode()
    for word in "有人搬入 有人搬走 有人去世 有孩子出生 有人结婚 换了房子 分户 并户 换户主 信息有误".split():
        assert word in text


def test_report_of_a_move_in(head, house, cast):
    data = arrival()
    page = head.post(url_of(house, "move_in"), data, follow=True)
    # The next page makes the phone delete its stored draft of this form.
    assert page.redirect_chain == [(f"{reverse('residents:head_reports')}?sent={data['token']}", 302)]
    assert f'data-keep-sent="{data["token"]}"' in page.content.decode()
    report = ChangeReport.objects.get()
    assert (report.name, report.sex, report.birth_year, report.phone) == ("李四", "F", 1992, "13800000000")
    assert (report.stairwell, report.dwelling, report.proposer) == (house.first, house.dwelling, cast["head"])
    assert (report.state, report.before) == ("pending", {"people": ["张三"]})
    text = page.content.decode()
    assert "待审核" in text
    assert "李四" in text
    # The register is unchanged.
    assert Residence.objects.count() == 1


def test_id_number_is_encrypted_and_shown_masked(head, house):
    head.post(url_of(house, "move_in"), arrival(id_number=ID_NUMBER))
    report = ChangeReport.objects.get()
    assert report.id_mask == "3301**************"
    assert ID_NUMBER.encode() not in bytes(report.sealed)
    assert report.read_id() == ID_NUMBER


def test_resubmitted_form_makes_one_report(head, house):
    """Also by htmx, which opens the next page itself instead of following a redirect: the page keeps its message."""
    data = arrival()
    assert head.post(url_of(house, "move_in"), data).status_code == 302
    second_response = head.post(url_of(house, "move_in"), data, headers={"HX-Request": "true"})
    assert second_response["HX-Redirect"].endswith(f"?sent={data['token']}")
    assert "这条上报已经收到，没有重复登记" in head.get(second_response["HX-Redirect"]).content.decode()
    assert ChangeReport.objects.count() == 1


def test_form_keeps_its_input_on_errors(head, house):
    tomorrow = (timezone.localdate() + datetime.timedelta(days=1)).isoformat()
    data = arrival(on=tomorrow, id_number=ID_NUMBER, note="住在朝北的房间")
    page = head.post(url_of(house, "move_in"), data)
    text = page.content.decode()
    assert page.status_code == 422
    assert "日期不能晚于今天" in text
    assert "住在朝北的房间" in text
    assert "金华市" in text
    # The form keeps the number too, but encrypted.
    assert ID_NUMBER not in text
    assert "已填写 3301**************" in text
    sealed = re.search(r'name="id_sealed" value="([^"]+)"', text).group(1)
    resent = arrival(token=data["token"], id_sealed=sealed)
    assert head.post(url_of(house, "move_in"), resent).status_code == 302
    assert ChangeReport.objects.get().read_id() == ID_NUMBER


def test_encrypted_number_of_another_form_is_rejected(head, house):
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
def test_invalid_input_shows_a_sentence(head, house, changes, sentence):
    page = head.post(url_of(house, "move_in"), arrival(**changes))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not ChangeReport.objects.exists()


def test_report_of_a_move_out(head, house):
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


def test_reported_death_must_be_of_a_resident_of_the_door(head, house):
    data = {
        "person": str(uuid.uuid4()),
        "on": timezone.localdate().isoformat(),
        "token": str(uuid.uuid4()),
    }
    page = head.post(url_of(house, "death"), data)
    assert page.status_code == 422
    assert not ChangeReport.objects.exists()


def death_of(house, **changes) -> dict:
    today = timezone.localdate().isoformat()
    return {"person": str(house.person.uuid), "on": today, "token": str(uuid.uuid4())} | changes


def test_a_death_is_reported_once(client, head, house, cast):
    assert head.post(url_of(house, "death"), death_of(house)).status_code == 302
    again = head.post(url_of(house, "death"), death_of(house))
    assert again.status_code == 422
    today = f"{timezone.localdate():%Y年%-m月%-d日}"
    assert f"张三去世已由您于{today}上报，正在等待审核" in again.content.decode()
    client.force_login(cast["group"])
    by_other = client.post(url_of(house, "death"), death_of(house))
    assert f"张三去世已由{cast['head'].name}于{today}上报" in by_other.content.decode()
    assert ChangeReport.objects.count() == 1


def test_a_returned_death_may_be_reported_again(head, house, cast):
    head.post(url_of(house, "death"), death_of(house))
    send_back(ChangeReport.objects.get(), cast["staff"])
    assert head.post(url_of(house, "death"), death_of(house)).status_code == 302


def test_one_more_person_is_reported_after_sending(head, house):
    sent = head.post(url_of(house, "move_in"), arrival(on="2026-03-02", day_unknown="on"), follow=True)
    report = ChangeReport.objects.get()
    url = f"{url_of(house, 'move_in')}?like={report.uuid}"
    assert f'href="{url}"' in sent.content.decode()
    form = head.get(url).context["form"]
    assert (form["on"].value(), form["day_unknown"].value()) == (report.on, True)
    assert form["other_address"].value() == "金华市"
    assert not any(form[name].value() for name in ("name", "sex", "birth_year", "phone", "id_number"))
    for junk in ("x", str(uuid.uuid4()), ""):
        assert (
            head.get(f"{url_of(house, 'move_in')}?like={junk}").context["form"]["other_address"].value()
            is None
        )
    assert head.get(f"{url_of(house, 'move_out')}?like={report.uuid}").status_code == 200


def test_a_second_child_has_the_same_parent(head, house):
    head.post(url_of(house, "birth"), death_of(house, name="张小一"))
    url = f"{url_of(house, 'birth')}?like={ChangeReport.objects.get().uuid}"
    assert head.get(url).context["form"]["person"].value() == str(house.person.uuid)


def test_correction_starts_from_the_register_and_stores_only_the_diff(head, house):
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


def test_empty_dwelling_offers_no_move_out(head, house):
    empty = Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.first, room="102"
    )
    url = reverse("residents:head_report", kwargs={"dwelling": empty.uuid, "what": "move_out"})
    assert "没有登记住户" in head.get(url).content.decode()


def test_unknown_kind_of_report_is_404(head, house):
    assert head.get(url_of(house, "entry")).status_code == 404


def test_returned_report_is_corrected_and_resubmitted(head, house, cast):
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
    # A report can be resubmitted only once.
    assert head.get(url).status_code == 404
    assert "已改正并重新上报" in head.get(reverse("residents:head_reports")).content.decode()


def test_only_returned_reports_can_be_resubmitted(head, house):
    head.post(url_of(house, "move_in"), arrival())
    url = reverse("residents:head_report_again", kwargs={"report": ChangeReport.objects.get().uuid})
    assert head.get(url).status_code == 404


def test_head_of_another_stairwell_gets_404(client, cast, house):
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


def test_door_shows_its_pending_report(head, house):
    head.post(url_of(house, "move_in"), arrival())
    url = reverse("residents:head_doors", kwargs={"stairwell": house.first.uuid})
    assert "有1条上报待审核" in head.get(url).content.decode()


# Events of families and within the community


def event_data(what: str, **answers) -> dict:
    data = {"on": "2026-03-10", "note": "", "token": str(uuid.uuid4())} | answers
    return {"other_address": "", **data} if what in ("marriage", "transfer", "split", "merge") else data


@pytest.mark.parametrize(
    ("what", "who", "answers", "kept"),
    [
        ("birth", "李芳", {"name": "", "sex": "M"},
         {"name": "", "sex": "M", "people": ["张三", "李芳", "张小燕", "王桂英"]}),
        ("marriage", "张小燕", {"name": "赵 刚"}, {"name": "赵刚"}),
        ("transfer", "", {"people": ["李芳", "张小燕"], "other_address": "3幢2单元201室"},
         {"names": ["李芳", "张小燕"], "other_address": "3幢2单元201室"}),
        ("split", "张小燕", {"people": ["张小燕", "王桂英"]},
         {"names": ["张小燕", "王桂英"], "members": ["张三", "李芳", "张小燕", "王桂英"]}),
        ("merge", "张三", {"other_address": "楼下老李家"}, {"members": ["张三", "李芳", "张小燕", "王桂英"]}),
        ("head", "李芳", {}, {"head": "张三"}),
    ],
)  # fmt: skip
def test_reported_event_stores_the_values_of_the_register(head, house, family, what, who, answers, kept):
    if who:
        answers = answers | {"person": str(family[who].uuid)}
    answers = answers | {"people": [str(family[name].uuid) for name in answers.get("people", ())]}
    page = head.post(url_of(house, what), event_data(what, **answers))
    assert page.status_code == 302, page.context["form"].errors
    report = ChangeReport.objects.get()
    assert report.person == family[who or "李芳"]
    assert report.people == answers["people"]
    fields = {"name": report.name, "sex": report.sex, "other_address": report.other_address}
    assert {field: (report.before | fields)[field] for field in kept} == kept
    assert Residence.objects.living().open().count() == 4


@pytest.mark.parametrize(
    ("what", "who", "together", "sentence"),
    [
        ("split", "李芳", ["张小燕"], "新户主要在分出去的人当中"),
        ("split", "李芳", ["张三", "李芳", "张小燕", "王桂英"], "全家都搬走的"),
        ("transfer", "", [], "请选择有哪些人"),
        ("head", "张三", [], "请从列表中选择"),
        ("merge", "张三", [], "请填写并到哪一户"),
    ],
)
def test_impossible_event_shows_a_sentence(head, house, family, what, who, together, sentence):
    answers = {"people": [str(family[name].uuid) for name in together]}
    answers |= {"other_address": "3幢2单元201室"} if what == "transfer" else {}
    page = head.post(
        url_of(house, what), event_data(what, person=str(family[who].uuid) if who else "", **answers)
    )
    assert sentence in page.content.decode()
    assert not ChangeReport.objects.exists()


def test_day_may_be_known_by_month_only(head, house):
    head.post(url_of(house, "death"), event_data("death", person=str(house.person.uuid), day_unknown="on"))
    report = ChangeReport.objects.get()
    assert (report.on, str(report.when)) == (datetime.date(2026, 3, 1), "2026年3月")
    assert "2026年3月）" in head.get(reverse("residents:head_reports")).content.decode()


# Photos


def picture(colour: str, kind="JPEG") -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, kind)
    return SimpleUploadedFile("IMG_0001", stream.getvalue())


@pytest.fixture
def stored(settings, tmp_path):
    """The files in the storage."""
    settings.MEDIA_ROOT = tmp_path
    return lambda: [path for path in tmp_path.rglob("*") if path.is_file()]


def test_photos_are_visible_to_proposer_and_staff_only(client, head, house, cast, stored):
    photos = [picture("red"), picture("blue", "PNG"), picture("red")]
    assert head.post(url_of(house, "move_in"), arrival(photos=photos)).status_code == 302
    assert len(stored()) == 2  # the same one twice is one
    report = ChangeReport.objects.get()
    first = Attachment.objects.first()
    mine = reverse("residents:head_report_photo", kwargs={"report": report.uuid, "photo": first.uuid})
    kwargs = {"community": "kuocang", "row": report.uuid, "photo": first.uuid}
    staff_url = reverse("residents:report_photo", kwargs=kwargs)
    assert mine in head.get(reverse("residents:head_reports")).content.decode()
    statuses = {}
    for who, url in (
        ("head", mine),
        ("group", mine),
        ("head2", mine),
        ("staff", staff_url),
        ("finance", staff_url),
    ):
        client.force_login(cast[who])
        statuses[who] = client.get(url)
    assert {who: answer.status_code for who, answer in statuses.items()} == {
        "head": 200, "group": 404, "head2": 404, "staff": 200, "finance": 403,
    }  # fmt: skip
    assert statuses["staff"]["Content-Type"] == "image/jpeg"
    assert statuses["staff"]["Content-Disposition"].startswith("inline")
    client.force_login(cast["staff"])
    page = reverse("residents:report_detail", kwargs={"community": "kuocang", "row": report.uuid})
    assert staff_url in client.get(page).content.decode()
    # The photos move to the corrected report.
    send_back(report, cast["staff"])
    client.force_login(cast["head"])
    url = reverse("residents:head_report_again", kwargs={"report": report.uuid})
    assert "上次的照片社区还能看到" in client.get(url).content.decode()
    client.post(url, arrival())
    new = report.replaced_by.get()
    client.force_login(cast["staff"])
    page = reverse("residents:report_detail", kwargs={"community": "kuocang", "row": new.uuid})
    assert str(first.uuid) in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ([SimpleUploadedFile("x.heic", b"\x00\x00\x00\x18ftypheic")], "这张照片打不开"),
        ([SimpleUploadedFile("x.jpg", b"\xff\xd8\xff\xe0broken")], "图片已损坏，打不开"),
        ([picture("red"), picture("green"), picture("white")], "照片最多3张"),
    ],
)
def test_report_is_stored_with_all_photos_or_not_at_all(head, house, stored, more, sentence):
    page = head.post(url_of(house, "move_in"), arrival(photos=[picture("blue"), *more]))
    assert sentence in page.content.decode()
    assert not ChangeReport.objects.exists()
    assert not Attachment.objects.exists()
    assert stored() == []


def test_database_lets_heads_add_photos_to_own_reports_only(head, house, cast, stored):
    head.post(url_of(house, "move_in"), arrival(photos=[picture("red")]))
    report = ChangeReport.objects.get()
    own_photo = {
        "communities": [report.community_id],
        "write": [report.community_id],
        "stairwells": [house.first.id],
    }
    photo = {"subject": "residents.ChangeReport", "row_id": report.pk, "name": "x.jpg", "size": 1}
    for who, is_allowed in (("head", True), ("group", False)):
        with scope(HEAD, **own_photo, user_id=cast[who].id):
            assert Attachment.objects.count() == is_allowed
            try:
                with transaction.atomic():
                    user = {"community_id": report.community_id, "user_id": cast[who].id}
                    Attachment.objects.create(**user, **photo, digest=who, stored=who)
            except ProgrammingError:
                assert not is_allowed
            else:
                assert is_allowed


# Results of the review


def test_new_result_is_marked_until_viewed(head, house, cast):
    for name in ("甲", "乙"):
        head.post(url_of(house, "move_in"), arrival(name=name))
    send_back(ChangeReport.objects.get(name="甲"), cast["staff"])
    doors = reverse("residents:head_doors", kwargs={"stairwell": house.first.uuid})
    reports = reverse("residents:head_reports")
    assert "1条有结果" in head.get(doors).content.decode()
    first, second = (head.get(reports).content.decode() for _ in range(2))
    assert first.count("新结果：") == 1
    assert "新结果：" not in second
    assert "改一改再发" in second
    assert "条有结果" not in head.get(doors).content.decode()
