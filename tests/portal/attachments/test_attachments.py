"""Attachments: validation, storage, download, and consistency of file and row."""

import errno
import io
import shutil
import struct
import zipfile
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from community.units.models import Unit
from portal.access.permissions import Permission
from portal.attachments import kinds, store
from portal.attachments.kinds import FileRefused, validated_content
from portal.attachments.models import Attachment
from portal.audit.models import AccessLog
from portal.crypto import vault
from portal.importing.models import ImportBatch
from portal.registers.registry import all_registers
from tests.imports import Pages, run_jobs
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db
ATTACHED = [pytest.param(r, id=r.label) for r in all_registers() if r.attachments]
UNITS = next(r for r in all_registers() if r.label == "community:unit")
PEOPLE = next(r for r in all_registers() if r.label == "residents:person")
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def director(client, cast):
    client.force_login(cast["director"])
    return client


@pytest.fixture
def unit(house):
    """A unit without an agreement, which may be deleted."""
    return Unit.objects.create(community=house.kuocang, name="街口小学", kinds=["located"])


class Card:
    """The attachments of one row as somebody with a browser uses them."""

    def __init__(self, client, register, row, community):
        self.client, self.register, self.row, self.community = client, register, row, community
        self.detail = register.url("detail", community, row)

    def upload(self, *files, token=None):
        token = token or self.token()
        files_sent = [SimpleUploadedFile(name, content) for name, content in files]
        return self.client.post(f"{self.detail}attachments/", {"token": token, "files": files_sent})

    def token(self):
        return self.client.get(f"{self.detail}attachments/").context["attached"]["form"]["token"].value()

    def page(self):
        return self.client.get(self.detail).content.decode()

    def url(self, attachment, action="attachment"):
        kwargs = {
            "community": self.community.code,
            "row": self.row.uuid,
            "attachment": attachment.uuid,
        }
        return reverse(f"{self.register.label}_{action}", kwargs=kwargs)


@pytest.fixture
def card(director, unit, house):
    return Card(director, UNITS, unit, house.kuocang.ref)


def _files(media) -> list[Path]:
    return [path for path in Path(media).rglob("*") if path.is_file()]


def _jpeg(size=(60, 40), **options) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(stream, "JPEG", **options)
    return stream.getvalue()


def _office(part: str, *more: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<x/>")
    return stream.getvalue()


def _ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(100)


# Validation


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("协议.pdf", PDF),
        ("表.xlsx", workbook([["甲"]])),
        ("信.DOCX", _office("word/document.xml")),
        ("旧表.xls", _ole("Workbook")),
        ("旧信.doc", _ole("WordDocument")),
    ],
)
def test_documents_are_stored_unchanged(name, content):
    assert validated_content(name, content) == content


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("程序.exe", b"MZ", "不能上传这种文件"),
        ("网页.svg", b"<svg/>", "不能上传这种文件"),
        ("没有扩展名", PDF, "不能上传这种文件"),
        ("空.pdf", b"", "文件是空的"),
        ("网页.pdf", b"<html>%PDF-", "不是 PDF 格式"),
        ("表.pdf", workbook([["甲"]]), "不是 PDF 格式"),
        ("信.xlsx", _office("word/document.xml"), "不是 XLSX 格式"),
        ("宏.docx", _office("word/document.xml", "word/vbaProject.bin"), "不是 DOCX 格式"),
        ("坏.docx", b"PK\x03\x04nonsense", "不是 DOCX 格式"),
        ("信.xls", _ole("WordDocument"), "不是 XLS 格式"),
        ("图.jpg", PDF, "不是 JPEG 图片"),
        ("图.png", _jpeg(), "不是 PNG 图片"),
        ("半.jpg", _jpeg((400, 400))[:700], "图片已损坏"),
        ("大.pdf", PDF + bytes(10 * 1024 * 1024), "超过 10 MB"),
    ],
)
def test_invalid_file_is_refused_with_a_message(name, content, sentence):
    with pytest.raises(FileRefused, match=sentence):
        validated_content(name, content)


def test_picture_with_too_many_pixels_is_not_decoded():
    """A PNG whose header says 60,000 × 60,000."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = _png_with(b"IHDR", head)
    with pytest.raises(FileRefused, match="超过2500万像素"):
        validated_content("图.png", bomb)


def _png_with(kind: bytes, data: bytes) -> bytes:
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(kind, data) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_picture_metadata_is_stripped_and_orientation_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the phone on its side
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    stored = validated_content("照片.jpg", _jpeg((60, 40), exif=exif, comment=b"secret comment"))
    assert b"SecretPhone" not in stored
    assert b"secret comment" not in stored
    picture = Image.open(io.BytesIO(stored))
    assert picture.size == (40, 60)
    assert not dict(picture.getexif())


def test_large_picture_is_downscaled():
    picture = Image.open(io.BytesIO(validated_content("照片.jpg", _jpeg((5000, 1000)))))
    assert picture.size == (kinds.LONGEST_SIDE, 800)


def test_transparent_png_stays_transparent():
    stream = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(stream, "PNG")
    assert Image.open(io.BytesIO(validated_content("章.png", stream.getvalue()))).mode == "RGBA"


# Pages


@pytest.mark.parametrize("register", ATTACHED)
def test_registers_with_attachments_accept_uploads(register, house, director, media):
    row = register.model.objects.filter(community=house.kuocang).first()
    if register.label == "services:complaint":  # so that the director reads it: about a supervisor
        register.model.objects.update(required_right=Permission.COMPLAINTS_SUPERVISORS)
    card = Card(director, register, row, house.kuocang.ref)
    assert "暂无附件" in card.page()
    card.upload(("协议.pdf", PDF))
    assert "协议.pdf" in card.page()
    attachment = Attachment.objects.get()
    answer = director.get(card.url(attachment))
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    logged = AccessLog.objects.filter(action="file", subject=register.model._meta.label, ids=[row.pk]).count()
    assert logged == (0 if register.attachments is True else 1)

    (stored,) = _files(Path(default_storage.location))
    assert PDF not in stored.read_bytes(), "the file lies encrypted in the storage"


def test_storage_names_are_random_and_private(card, media):
    card.upload(("张三身份证.pdf", PDF))
    (path,) = _files(media)
    assert "张三" not in str(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Attachment.objects.get().stored == str(path.relative_to(media))


def test_one_bad_file_does_not_reject_the_others(card, media):
    card.upload(("协议.pdf", PDF), ("程序.exe", b"MZ"), ("图.png", _jpeg()))
    page = card.page()
    assert "已上传 1 份附件" in page
    assert "“程序.exe”没有上传" in page
    assert "“图.png”没有上传" in page
    assert len(_files(media)) == 1


def test_no_file_and_too_many_files_are_form_errors(card, media):
    assert "请选择要上传的文件" in card.upload().content.decode()
    many = [(f"{number}.pdf", PDF + bytes([number])) for number in range(11)]
    assert "一次最多上传 10 份" in card.upload(*many).content.decode()
    assert _files(media) == []


def test_upload_is_idempotent(card, media):
    token = card.token()
    first, second = card.upload(("协议.pdf", PDF), token=token), card.upload(("协议.pdf", PDF), token=token)
    assert first.url == second.url
    assert Attachment.objects.count() == len(_files(media)) == 1


def test_duplicate_file_is_refused(card, media):
    card.upload(("协议.pdf", PDF))
    card.upload(("又是协议.pdf", PDF))
    assert "这份文件已经上传过" in card.page()
    assert len(_files(media)) == 1


def test_number_of_files_per_row_is_limited(card, monkeypatch):
    monkeypatch.setattr(store, "MAX_PER_ROW", 1)
    card.upload(("甲.pdf", PDF), ("乙.pdf", PDF + b"2"))
    assert "最多 1 份附件" in card.page()


def test_delete_asks_for_confirmation_and_removes_file_after_commit(
    card, media, django_capture_on_commit_callbacks
):
    card.upload(("协议.pdf", PDF))
    url = card.url(Attachment.objects.get(), "attachment_delete")
    assert "确认删除" in card.client.get(url).content.decode()
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        card.client.post(url)
    assert not Attachment.objects.exists()
    assert len(_files(media)) == 1, "until the commit it could still be rolled back"
    for callback in callbacks:
        callback()
    assert _files(media) == []
    assert card.client.post(url).status_code == 302, "a second click finds it deleted"


def test_row_history_shows_upload_and_deletion(card, cast, django_capture_on_commit_callbacks):
    card.upload(("协议.pdf", PDF))
    card.client.post(card.url(Attachment.objects.get(), "attachment_delete"))
    page = card.client.get(f"{card.detail}history/").content.decode()
    for text in ("上传附件", "删除附件", "协议.pdf", cast["director"].name):
        assert text in page


def test_deleting_a_row_deletes_its_files(card, media, django_capture_on_commit_callbacks):
    card.upload(("协议.pdf", PDF))
    with django_capture_on_commit_callbacks(execute=True):
        card.client.post(f"{card.detail}delete/")
    assert not Attachment.objects.exists()
    assert _files(media) == []


def test_protected_row_keeps_its_files(director, house, media, django_capture_on_commit_callbacks):
    dwellings = next(r for r in all_registers() if r.label == "residents:dwelling")
    card = Card(director, dwellings, house.dwelling, house.kuocang.ref)
    card.upload(("房产证.pdf", PDF))
    with django_capture_on_commit_callbacks(execute=True):
        assert director.post(f"{card.detail}delete/").status_code == 409
    assert Attachment.objects.count() == len(_files(media)) == 1


def test_import_undo_is_refused_after_an_attachment(director, house, media):
    pages = Pages(director, "kuocang", "community:unit")
    batch = pages.check(
        workbook([["单位名称", "单位类别", "联系人", "地址"], ["新来的单位", "驻区单位", "甲某", "括苍路"]])
    )
    director.post(pages.url("import_apply", batch))
    run_jobs()
    unit = Unit.objects.get(name="新来的单位")
    Card(director, UNITS, unit, house.kuocang.ref).upload(("协议.pdf", PDF))
    director.post(pages.url("import_undo", batch))
    run_jobs()
    assert "附件 协议.pdf" in pages.show(batch).content.decode()
    assert ImportBatch.objects.get(pk=batch.pk).state == "applied"


# Rights


def test_attachment_url_requires_its_own_row(card, house, director):
    card.upload(("协议.pdf", PDF))
    attachment = Attachment.objects.get()
    other = Unit.objects.create(community=house.kuocang, name="另一单位", kinds=["located"])
    url = card.url(attachment).replace(str(card.row.uuid), str(other.uuid))
    assert director.get(url).status_code == 404


def test_attachment_card_is_hidden_without_right(client, cast, house, director, media):
    """A finance clerk sees people by name, but not their attachments."""
    card = Card(director, PEOPLE, house.person, house.kuocang.ref)
    card.upload(("身份证.pdf", PDF))
    client.force_login(cast["finance"])
    assert "身份证.pdf" not in card.page()
    assert client.get(card.url(Attachment.objects.get())).status_code == 403


def test_upload_form_is_hidden_without_edit_right(client, cast, house, unit, director):
    card = Card(director, UNITS, unit, house.kuocang.ref)
    card.upload(("协议.pdf", PDF))
    client.force_login(cast["finance"])
    page = card.page()
    assert "协议.pdf" in page
    assert 'type="file"' not in page
    assert client.post(f"{card.detail}attachments/").status_code == 403


# Consistency of file and row


def test_failed_insert_leaves_no_file(unit, cast, media, monkeypatch):
    def refuse(*args, **fields):
        raise RuntimeError

    monkeypatch.setattr(Attachment, "save", refuse)
    with pytest.raises(RuntimeError):
        store.add(unit, "协议.pdf", PDF, by=cast["director"])
    assert _files(media) == []


def test_upload_to_a_deleted_row_is_refused(unit, cast, media):
    deleted = Unit.objects.get(pk=unit.pk)
    unit.delete()
    with pytest.raises(FileRefused, match="刚刚被删除"):
        store.add(deleted, "协议.pdf", PDF, by=cast["director"])
    assert _files(media) == []


def test_full_disk_shows_a_message_and_leaves_nothing(card, media, monkeypatch):
    def full(self, chunk_size=None):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.base.ContentFile.chunks", full)
    card.upload(("协议.pdf", PDF))
    assert "磁盘空间不足" in card.page()
    assert not Attachment.objects.exists()
    assert _files(media) == []


def test_missing_file_shows_a_message(card):
    card.upload(("协议.pdf", PDF))
    attachment = Attachment.objects.get()
    default_storage.delete(attachment.stored)
    answer = card.client.get(card.url(attachment), follow=True)
    assert "请联系管理员从备份中恢复" in answer.content.decode()


def test_damaged_file_shows_a_message_and_is_named(card, media, capsys):
    card.upload(("协议.pdf", PDF), ("合同.pdf", PDF + b"\n"))
    first, second = Attachment.objects.order_by("id")
    (media / first.stored).write_bytes((media / second.stored).read_bytes())  # another row's file
    answer = card.client.get(card.url(first), follow=True)
    assert "请联系管理员从备份中恢复" in answer.content.decode()
    assert card.client.get(card.url(second)).content == PDF + b"\n"
    with pytest.raises(CommandError, match="共有 1 条读不出来"):
        call_command("check_secrets")
    output = capsys.readouterr()
    assert "附件：共 2 条，读不出 1 条" in output.out
    assert f"文件 {first.stored}" in output.err


def test_key_rotation_reencrypts_the_files(card, media, settings, tmp_path):
    shutil.copytree(settings.DATA_KEYS_DIR, tmp_path / "keys")  # the house has encrypted rows
    settings.DATA_KEYS_DIR = tmp_path / "keys"
    card.upload(("协议.pdf", PDF))
    attachment = Attachment.objects.get()
    path = media / attachment.stored
    assert vault.key_id_of(path.read_bytes()) == 1
    call_command("rotate_keys")
    assert vault.key_id_of(path.read_bytes()) == 2
    assert path.stat().st_mode & 0o777 == 0o600
    assert _files(media) == [path]
    assert card.client.get(card.url(attachment)).content == PDF
    call_command("check_secrets")


def test_old_orphaned_files_are_swept(card, media, monkeypatch):
    card.upload(("协议.pdf", PDF))
    lost = default_storage.save("attachments/ab/lost.pdf", io.BytesIO(PDF))
    assert store.delete_orphaned_files() == 0, "another request may be about to insert its row"
    later = timezone.now() + store._ORPHANED_AFTER * 2
    monkeypatch.setattr(store.timezone, "now", lambda: later)
    assert store.delete_orphaned_files() == 1
    assert not default_storage.exists(lost)
    assert len(_files(media)) == 1


def test_file_names_are_stored_without_paths_and_control_characters(unit, cast):
    attachment = store.add(unit, "C:\\文件\\协\r\n议.PDF", PDF, by=cast["director"])
    assert attachment.name == "协议.pdf"
    assert len(store.add(unit, f"{'长' * 300}.pdf", PDF + b"2", by=cast["director"]).name) == 120
