"""Bulletin files, photos of boards, and copying last month's text."""

import io
import uuid
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from community.bulletins.actions import files as actions
from community.bulletins.actions import workflow as steps
from community.bulletins.models.files import BulletinFile, BulletinPhoto
from community.bulletins.stored_files import files_in, scan_file, stored_file_findings
from community.media.models import Medium
from portal.hooks.registry import Hook, call_hooks
from portal.values.months import month_before
from tests.community.bulletins.drafting import MONTH, TEXTS, publish, review, write_draft
from tests.community.bulletins.test_sections import access_of
from tests.workbooks import resident_id

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage", "quick_pdf")]


def page(name: str, **kwargs) -> str:
    return reverse(f"community:bulletin_{name}", kwargs={"community": "kuocang", "month": MONTH, **kwargs})


def public(name: str, **kwargs) -> str:
    return reverse(f"community:disclosure_{name}", kwargs={"code": "kuocang", "month": MONTH, **kwargs})


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def draft(house, cast):
    return write_draft(house.kuocang, cast["staff"])


def workbook(*cells) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def picture() -> bytes:
    """A photo with GPS metadata."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    stream = io.BytesIO()
    Image.new("RGB", (2000, 1000), "white").save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def upload(client, *files):
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(page("files"), {"token": str(uuid.uuid4()), "files": uploads}, follow=True)


# Files


def test_published_file_keeps_its_hash(house, cast, draft, staff):
    content = workbook("办公费", Decimal("3260.50"))
    assert "没有发现身份证号码" in upload(staff, (r"C:\账\支出明细.XLSX", content)).content.decode()
    draft.refresh_from_db()
    version = steps.publish(bulletin=review(draft, cast), seen_version=_seen(draft), by=cast["director"])
    (file,) = files_in(version.snapshot)
    assert (file["name"], file["size"]) == ("支出明细.xlsx", len(content))
    page_text = staff.get(public("detail")).content.decode()
    assert file["sha256"] in page_text
    url = public("file", number=1, file=file["uuid"])
    assert url in page_text
    answer = staff.get(url)
    assert answer.content == content
    assert "attachment" in answer["Content-Disposition"]
    with pytest.raises(steps.WrongState):
        actions.remove_file(file=BulletinFile.objects.get(), by=cast["staff"])
    # A correction may drop the file; the first version keeps its own.
    draft.refresh_from_db()
    draft.state = draft.State.DRAFT
    draft.save()
    actions.remove_file(file=BulletinFile.objects.get(), by=cast["staff"])
    assert not BulletinFile.objects.exists()
    assert staff.get(url).content == content
    assert staff.get(public("file", number=1, file=uuid.uuid4())).status_code == 404


def _seen(bulletin) -> int:
    bulletin.refresh_from_db()
    return bulletin.version


def test_file_with_personal_data_blocks_submission(draft, cast, staff):
    number = resident_id()
    page_text = upload(staff, ("名单.xlsx", workbook("张三", number))).content.decode()
    assert "不能公开" in page_text
    assert number not in page_text
    ((finding, digest),) = stored_file_findings(draft)
    assert (finding.kind, digest) == ("身份证号码", BulletinFile.objects.get().sha256)
    assert [finding.where for finding in scan_file(workbook("本月无"), f"{number}.xlsx")] == ["附件的文件名"]
    assert scan_file(b"%PDF-1.7 broken", "x.pdf")[0].kind == "无法检查"
    with pytest.raises(steps.BulletinError, match=r"附件“名单\.xlsx”"):
        steps.submit(bulletin=draft, seen_version=_seen(draft), by=cast["staff"])
    staff.post(page("file_remove", file=BulletinFile.objects.get().uuid))
    assert steps.submit(bulletin=draft, seen_version=_seen(draft), by=cast["staff"]).pk


def test_refused_file_does_not_discard_other_uploads(draft, staff, storage):
    page_text = upload(
        staff, ("照片.jpg", picture()), ("空.pdf", b""), ("好.xlsx", workbook("本月无"))
    ).content.decode()
    assert "“照片.jpg”没有上传：不能上传这种文件，可以上传 PDF、XLSX。" in page_text
    assert "“空.pdf”没有上传：文件是空的" in page_text
    assert [file.name for file in BulletinFile.objects.all()] == ["好.xlsx"]
    assert "已有同名的附件" in upload(staff, ("好.xlsx", workbook("另一份"))).content.decode()
    assert len(list(storage.rglob("*.xlsx"))) == 1


# Photos


def test_published_photo_has_no_gps_metadata(house, cast, staff):
    publish(house.kuocang, cast)
    board = Medium.objects.get(community=house.kuocang)
    assert "任何人都能看到" in staff.get(page("photos")).content.decode()
    data = {
        "token": str(uuid.uuid4()), "medium": board.pk, "place": "", "posted_on": timezone.localdate(),
        "photo": SimpleUploadedFile("IMG_1.JPG", picture()),
    }  # fmt: skip
    assert staff.post(page("photos"), data).status_code == 302
    photo = BulletinPhoto.objects.get()
    url = public("photo", photo=photo.uuid)
    staff.logout()
    page_text = staff.get(public("detail")).content.decode()
    assert url in page_text
    assert "3幢1单元楼道宣传板" in page_text
    stored = Image.open(io.BytesIO(staff.get(url).content))
    assert (stored.size, dict(stored.getexif())) == ((1600, 800), {})


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"medium": "", "place": " "}, "请选择固定宣传阵地，或写明临时公开栏的位置。"),
        ({"posted_on": "2999-01-01"}, "张贴日期不能晚于今天。"),
        ({"photo": SimpleUploadedFile("x.pdf", b"%PDF-")}, "不能上传这种文件，可以上传 JPG、JPEG、PNG。"),
    ],
)
def test_invalid_photo_is_refused_with_a_sentence(house, cast, staff, changed, sentence):
    publish(house.kuocang, cast)
    data = {
        "token": str(uuid.uuid4()), "place": "北门", "posted_on": timezone.localdate(),
        "photo": SimpleUploadedFile("x.jpg", picture()),
    }  # fmt: skip
    answer = staff.post(page("photos"), data | changed)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not BulletinPhoto.objects.exists()


def test_missing_photo_is_due_and_takedown_is_recorded(house, cast, staff):
    version = publish(house.kuocang, cast)
    today = timezone.localdate()

    def due() -> list[str]:
        entries = call_hooks(
            Hook.DUE, access_of(cast["staff"]), [house.kuocang.ref], today + timezone.timedelta(days=3)
        )
        return [item.title for item in entries if "照片" in item.title]

    assert due() == ["10月公开栏待上传张贴照片"]
    photo = actions.add_photo(
        version=version,
        medium=None,
        place="北门",
        posted_on=today,
        name="x.png",
        content=_png(),
        by=cast["staff"],
    )
    assert due() == []
    early = staff.post(page("photo_down", photo=photo.uuid), {"on": today - timezone.timedelta(days=1)})
    assert (early.status_code, early.context["refused_photo"]) == (422, photo)
    assert early.context["refused_form"].errors["on"]
    photo.refresh_from_db()
    assert photo.taken_down_on is None
    staff.post(page("photo_down", photo=photo.uuid), {"on": today})
    photo.refresh_from_db()
    assert photo.taken_down_on == today
    staff.post(page("photo_remove", photo=photo.uuid))
    assert not BulletinPhoto.objects.exists()


def _png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGBA", (20, 20)).save(stream, "PNG")
    return stream.getvalue()


# Last month's text


def test_copying_last_months_text_overwrites_nothing(house, cast, staff):
    write_draft(house.kuocang, cast["staff"], month_before(MONTH))
    draft = steps.start_bulletin(community=house.kuocang, month=MONTH, by=cast["staff"])
    typed = {"party": "本月新写的。", "residential": "", "financial": " "}
    data = typed | {f"{kind}_version": 1 for kind in typed}

    def form_of(**buttons):
        return staff.post(page("edit"), data | buttons).context["form"]

    everything = form_of(copy="all")
    assert everything["party"].value() == "本月新写的。"
    assert everything["residential"].value() == TEXTS["residential"]
    one = form_of(copy="financial")
    assert (one["financial"].value(), one["residential"].value()) == (TEXTS["financial"], "")
    offer_form = form_of(copy="party")
    assert (offer_form["party"].value(), offer_form.offered) == ("本月新写的。", {"party": TEXTS["party"]})
    assert form_of(append="party")["party"].value() == f"本月新写的。\n{TEXTS['party']}"
    assert not draft.boards.exclude(text="").exists(), "nothing is saved by copying"
