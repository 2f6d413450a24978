"""Street office: reading marks, remarks with answers, and the month archive."""

import csv
import hashlib
import io
import uuid
import zipfile

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from community.bulletins.actions import files as bulletin_files
from community.bulletins.actions import reading
from community.bulletins.actions import workflow as steps
from community.bulletins.models.reading import BulletinReading, BulletinRemark, RemarkAnswer
from portal.access.db_scope import APP, STREET, scope
from portal.hooks.registry import Hook, call_hooks
from tests.community.bulletins.drafting import MONTH, correct, publish, review, write_draft
from tests.community.bulletins.test_posting import workbook
from tests.community.bulletins.test_sections import access_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage", "quick_pdf")]


def street(name: str, code="kuocang", **kwargs) -> str:
    return reverse(f"community:street_{name}", kwargs={"code": code, "month": MONTH, **kwargs})


def test_correction_is_unread_again_for_the_official(house, cast, client):
    version = publish(house.kuocang, cast)
    client.force_login(cast["street"])
    assert "未阅1期" in client.get("/street/").content.decode()
    for _ in range(2):
        client.post(street("read"))
    assert BulletinReading.objects.get().by == cast["street"]
    assert "未阅0期" in client.get("/street/").content.decode()
    correct(version, cast)
    assert "未阅1期" in client.get("/street/").content.decode()
    client.force_login(cast["street2"])
    assert client.get(street("bulletin")).status_code == client.post(street("read")).status_code == 404


def test_street_remark_is_due_until_answered(house, cast, client):
    publish(house.kuocang, cast)
    client.force_login(cast["street"])
    data = {"token": str(uuid.uuid4()), "text": "请补充楼道维修的验收情况。"}
    for _ in range(2):
        client.post(street("bulletin"), data)
    remark = BulletinRemark.objects.get()

    def due(name: str) -> list[str]:
        entries = call_hooks(Hook.DUE, access_of(cast[name]), [house.kuocang.ref], MONTH)
        return [item.title for item in entries if "意见" in item.title]

    assert due("staff") == due("director") == ["街道对10月公开栏的意见待回复"]
    assert due("street") == ["对10月公开栏的意见待社区回复"]
    assert due("supervisor") == due("street2") == []
    client.force_login(cast["supervisor"])
    detail = reverse("community:bulletin_detail", kwargs={"community": "kuocang", "month": MONTH})
    assert remark.text in client.get(detail).content.decode()
    client.force_login(cast["staff"])
    kwargs = {"community": "kuocang", "month": MONTH, "remark": remark.uuid}
    url = reverse("community:bulletin_remark_answer", kwargs=kwargs)
    too_long = client.post(url, {"text": "长" * 501})
    assert (too_long.status_code, too_long.context["answered"]) == (422, remark)
    assert "长" * 501 in too_long.content.decode()
    assert client.post(url, {"text": "下月补充。"}).status_code == 302
    second = client.post(url, {"text": "第二个人的回复"})
    assert second.status_code == 422
    assert second.context["answer_form"].errors["text"]
    assert "第二个人的回复" in second.content.decode()
    assert RemarkAnswer.objects.get().text == "下月补充。"
    assert due("staff") == due("street") == []
    client.force_login(cast["street"])
    assert "社区回复：下月补充。" in client.get(street("bulletin")).content.decode()


def test_row_level_security_of_street_remarks(house, cast):
    """Officials write for their own communities only, and the committee cannot write in their name."""
    version = publish(house.kuocang, cast)
    foreign = publish(house.beizheng, {**cast, "staff": cast["stranger"]})
    row = {"by": cast["street"]}
    with scope(STREET, communities=[house.kuocang.id], write=[house.kuocang.id]):
        reading.mark_read(version=version, by=cast["street"])
        remark = reading.send_remark(version=version, text="好", by=cast["street"])
        for denied in (
            lambda: reading.mark_read(version=foreign, by=cast["street"]),
            lambda: BulletinRemark.objects.filter(pk=remark.pk).update(text="改"),
            lambda: reading.answer_remark(remark=remark, text="", by=cast["street"]),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                denied()
    with scope(APP, communities=[house.kuocang.id], write=[house.kuocang.id]):
        assert BulletinRemark.objects.get().text == "好"
        with pytest.raises(ProgrammingError), transaction.atomic():
            BulletinRemark.objects.create(community=house.kuocang, bulletin_version=version, text="假", **row)


def test_month_archive_contains_all_bulletins_and_hashes(house, cast, client):
    draft = write_draft(house.kuocang, cast["staff"])
    content = workbook("办公费", 12)
    bulletin_files.add_file(bulletin=draft, name="支出明细.xlsx", content=content, by=cast["staff"])
    draft.refresh_from_db()
    reviewed = review(draft, cast)
    version = steps.publish(bulletin=reviewed, seen_version=reviewed.version, by=cast["director"])
    client.force_login(cast["street"])
    url = reverse("community:street_month", kwargs={"month": MONTH})
    first, second = (b"".join(client.get(url)) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        names = archive.namelist()
        assert names == [
            "括苍社区/括苍社区2026年10月居务公开.pdf", "括苍社区/附件/支出明细.xlsx", "清单.csv",
        ]  # fmt: skip
        assert archive.read(names[0]) == version.read_pdf()
        listed = list(csv.reader(archive.read("清单.csv").decode("utf-8-sig").splitlines()))
    assert listed[2][4:] == [names[1], str(len(content)), hashlib.sha256(content).hexdigest()]
    assert listed[3][:2] == ["西直沟社区", "未公开"]
    assert "北正社区" not in str(listed)
