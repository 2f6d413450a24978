"""Size limits of request bodies: refused by Content-Length before anything reads them."""

import io
import uuid

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from community.units.models import Unit
from portal.attachments import store
from portal.files import body_limits
from portal.launch import prepare
from tests.pictures import picture

pytestmark = pytest.mark.django_db
MULTIPART = "multipart/form-data; boundary=x"


class Unreadable(io.RawIOBase):
    """Request body that fails when it is read."""

    def read(self, size=-1):
        raise AssertionError("the body is read")


@pytest.fixture
def undrained(monkeypatch):
    monkeypatch.setattr(body_limits, "_drain", lambda stream, length: None)


def send(client, url: str, length: int | str, **headers):
    """POST with a Content-Length but an unreadable body."""
    extra = {"CONTENT_LENGTH": str(length), "wsgi.input": Unreadable(), **headers}
    return client.generic("POST", url, b"x", content_type=MULTIPART, **extra)


# Every path


def test_every_url_answers_413_to_a_larger_body_without_reading_it(addresses, undrained):
    """Also for anonymous users, and before sessions, CSRF and the database."""
    client = Client(enforce_csrf_checks=True)
    for name, _, url in addresses:
        answer = send(client, url, body_limits.limit_of(url) + 1)
        assert answer.status_code == 413, name
        assert "没有保存任何内容" in answer.content.decode()
    assert send(client, "/no/such/page/", body_limits.SMALL + 1).status_code == 413


@pytest.mark.parametrize(
    ("url", "limit", "sentence"),
    [
        ("/accounts/login/", 64 * 1024, "一次最多提交 64 KB 的内容"),
        ("/", 64 * 1024, "一次最多提交 64 KB 的内容"),
        ("/objections/", 64 * 1024, "一次最多提交 64 KB 的内容"),
        ("/home/search/", 2 * 1024**2, "一次最多提交 2 MB 的内容"),
        ("/c/kuocang/people/new/", 2 * 1024**2, "一次最多提交 2 MB 的内容"),
        ("/c/kuocang/people/import/", 25 * 1024**2, "文件合计不能超过 25 MB"),
        ("/c/kuocang/filling/", 25 * 1024**2, "文件合计不能超过 25 MB"),
        ("/c/kuocang/my-visits/log/", 25 * 1024**2, "文件合计不能超过 25 MB"),
        (
            "/head/doors/00000000-0000-4000-8000-000000000000/report/birth/",
            25 * 1024**2,
            "文件合计不能超过 25 MB",
        ),
    ],
)
def test_limit_is_exact_and_shown(url, limit, sentence, undrained):
    request = RequestFactory().generic("POST", url, b"", CONTENT_LENGTH=str(limit))
    assert body_limits.BodySizeMiddleware(lambda request: "let through")(request) == "let through"
    answer = send(Client(), url, limit + 1)
    assert answer.status_code == 413
    # Without it nginx waits for the end of the answer, and the portal for the rest of the body, for a minute.
    assert answer["Content-Length"] == str(len(answer.content))
    assert sentence in answer.content.decode()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_limit_applies_to_every_method(method, undrained):
    answer = Client().generic(
        method, "/accounts/login/", b"x", CONTENT_LENGTH="70000", **{"wsgi.input": Unreadable()}
    )
    assert answer.status_code == 413


def test_a_body_of_unknown_length_is_refused(undrained):
    answer = send(Client(), "/accounts/login/", "", HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 411
    assert "没有说明提交内容的大小" in answer.content.decode()


def test_size_middleware_comes_before_all_that_read_the_body():
    names = project.MIDDLEWARE
    place = names.index("portal.files.body_limits.BodySizeMiddleware")
    for reader in (
        "sessions.middleware.SessionMiddleware",
        "csrf.CsrfViewMiddleware",
        "auth.middleware.AuthenticationMiddleware",
    ):
        assert place < next(number for number, name in enumerate(names) if name.endswith(reader))


# Draining after the response


def test_rest_of_a_refused_body_is_drained_up_to_a_limit(monkeypatch):
    monkeypatch.setattr(body_limits, "_DRAIN_BYTES", 200_000)
    for length, unread in ((100_000, 400_000), (500_000, 300_000)):
        stream = io.BytesIO(bytes(500_000))
        request = RequestFactory().generic("POST", "/accounts/login/", b"", CONTENT_LENGTH=str(length))
        request.environ["wsgi.input"] = stream
        answer = body_limits.BodySizeMiddleware(None)(request)
        assert stream.tell() == 0, "the answer goes first"
        answer.close()
        assert len(stream.read()) == unread


# Bodies within the limit


@pytest.mark.logs_errors
def test_too_many_fields_are_refused_with_a_message(client, cast, settings):
    client.force_login(cast["director"])
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    answer = client.post("/c/kuocang/people/new/", {f"field{number}": "x" for number in range(11)})
    assert answer.status_code == 413
    assert "栏目、文字或文件太多" in answer.content.decode()


@pytest.mark.logs_errors
def test_too_much_text_beside_files_is_refused_with_a_message(client, cast):
    client.force_login(cast["director"])
    answer = client.post("/c/kuocang/people/import/", {"token": "x" * (body_limits.NORMAL + 1)})
    assert answer.status_code == 413
    assert "栏目、文字或文件太多" in answer.content.decode()


@pytest.mark.logs_errors
def test_too_many_files_are_refused_with_a_message(client, cast):
    client.force_login(cast["director"])
    many = [
        SimpleUploadedFile(f"{number}.pdf", b"%PDF-")
        for number in range(project.DATA_UPLOAD_MAX_NUMBER_FILES + 1)
    ]
    answer = client.post("/c/kuocang/people/import/", {"file": many})
    assert answer.status_code == 413
    assert "栏目、文字或文件太多" in answer.content.decode()


@pytest.mark.logs_errors
def test_malformed_form_data_is_refused_with_a_message(client, cast):
    client.force_login(cast["director"])
    answer = client.generic(
        "POST", "/c/kuocang/people/import/", b"x" * 100, content_type="multipart/form-data"
    )
    assert answer.status_code == 400
    assert "提交的内容不完整" in answer.content.decode()


# Upload files


def test_upload_files_are_in_the_state_folder_during_the_request(
    client, cast, house, settings, tmp_path, monkeypatch
):
    folder = tmp_path / "uploads"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR, settings.MEDIA_ROOT = folder, tmp_path / "media"
    files, add = [], store.add
    monkeypatch.setattr(
        store, "add", lambda *args, **kwargs: (files.extend(folder.iterdir()), add(*args, **kwargs))
    )
    client.force_login(cast["director"])
    unit = Unit.objects.filter(community=house.kuocang).first()
    content = picture(icc_profile=bytes(2_000_000))
    client.post(
        f"/c/kuocang/units/{unit.uuid}/attachments/",
        {"token": str(uuid.uuid4()), "files": SimpleUploadedFile("照片.jpg", content)},
    )
    assert len(files) == 1
    assert list(folder.iterdir()) == []


def test_upload_folder_is_private_and_in_the_state_folder():
    folder = project.FILE_UPLOAD_TEMP_DIR
    assert folder.parent == project.VAR_DIR
    assert folder.stat().st_mode & 0o777 == 0o700
    assert project.FILE_UPLOAD_MAX_MEMORY_SIZE < body_limits.NORMAL < body_limits.LARGE


def test_orphaned_uploads_are_deleted_at_start(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    (tmp_path / "left.upload").write_bytes(b"x")
    prepare.sweep_uploads()
    assert list(tmp_path.iterdir()) == []
