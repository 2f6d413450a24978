"""A body that is too large for its path is refused by its length, before anything reads it."""

import io
import uuid

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from community.models import Unit
from portal import bodies
from portal.attachments import store
from portal.launch import prepare
from tests.pictures import picture

pytestmark = pytest.mark.django_db
MULTIPART = "multipart/form-data; boundary=x"


class Unreadable(io.RawIOBase):
    """A body that must not be read."""

    def read(self, size=-1):
        raise AssertionError("the body is read")


@pytest.fixture
def undrained(monkeypatch):
    monkeypatch.setattr(bodies, "_drain", lambda stream, length: None)


def send(client, url: str, length: int | str, **headers):
    """POST a body of which only the length is known."""
    extra = {"CONTENT_LENGTH": str(length), "wsgi.input": Unreadable(), **headers}
    return client.generic("POST", url, b"x", content_type=MULTIPART, **extra)


# Every path


def test_over_the_size_of_its_path_every_url_answers_413_and_reads_nothing(addresses, undrained):
    """For somebody who is not signed in, and before sessions, CSRF and the database."""
    client = Client(enforce_csrf_checks=True)
    for name, _, url in addresses:
        answer = send(client, url, bodies.limit_of(url) + 1)
        assert answer.status_code == 413, name
        assert "没有保存任何内容" in answer.content.decode()
    assert send(client, "/no/such/page/", bodies.SMALL + 1).status_code == 413


@pytest.mark.parametrize(
    ("url", "limit", "sentence"),
    [
        ("/accounts/login/", 64 * 1024, "一次最多提交 64 KiB 的内容"),
        ("/", 64 * 1024, "一次最多提交 64 KiB 的内容"),
        ("/objections/", 64 * 1024, "一次最多提交 64 KiB 的内容"),
        ("/home/search/", 2 * 1024**2, "一次最多提交 2 MiB 的内容"),
        ("/c/kuocang/people/new/", 2 * 1024**2, "一次最多提交 2 MiB 的内容"),
        ("/c/kuocang/people/import/", 25 * 1024**2, "文件合计不能超过 25 MiB"),
        ("/c/kuocang/filling/", 25 * 1024**2, "文件合计不能超过 25 MiB"),
        ("/c/kuocang/my-visits/log/", 25 * 1024**2, "文件合计不能超过 25 MiB"),
        (
            "/head/doors/00000000-0000-4000-8000-000000000000/report/birth/",
            25 * 1024**2,
            "文件合计不能超过 25 MiB",
        ),
    ],
)
def test_the_size_is_exact_and_told(url, limit, sentence, undrained):
    request = RequestFactory().generic("POST", url, b"", CONTENT_LENGTH=str(limit))
    assert bodies.BodySizeMiddleware(lambda request: "let through")(request) == "let through"
    answer = send(Client(), url, limit + 1)
    assert answer.status_code == 413
    assert sentence in answer.content.decode()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_whatever_the_method(method, undrained):
    answer = Client().generic(
        method, "/accounts/login/", b"x", CONTENT_LENGTH="70000", **{"wsgi.input": Unreadable()}
    )
    assert answer.status_code == 413


def test_a_body_of_unknown_length_is_refused(undrained):
    answer = send(Client(), "/accounts/login/", "", HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 411
    assert "没有说明提交内容的大小" in answer.content.decode()


def test_the_size_is_asked_before_anything_that_reads_a_body():
    names = project.MIDDLEWARE
    place = names.index("portal.bodies.BodySizeMiddleware")
    for reader in (
        "sessions.middleware.SessionMiddleware",
        "csrf.CsrfViewMiddleware",
        "auth.middleware.AuthenticationMiddleware",
    ):
        assert place < next(number for number, name in enumerate(names) if name.endswith(reader))


# What comes after the answer


def test_what_still_comes_is_thrown_away_after_the_answer_so_much_and_no_more(monkeypatch):
    monkeypatch.setattr(bodies, "_DRAIN_BYTES", 200_000)
    for length, left in ((100_000, 400_000), (500_000, 300_000)):
        stream = io.BytesIO(bytes(500_000))
        request = RequestFactory().generic("POST", "/accounts/login/", b"", CONTENT_LENGTH=str(length))
        request.environ["wsgi.input"] = stream
        answer = bodies.BodySizeMiddleware(None)(request)
        assert stream.tell() == 0, "the answer goes first"
        answer.close()
        assert len(stream.read()) == left


# Within the size


@pytest.mark.logs_errors
def test_more_fields_than_a_form_has_are_told_in_a_sentence(client, cast, settings):
    client.force_login(cast["director"])
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    answer = client.post("/c/kuocang/people/new/", {f"field{number}": "x" for number in range(11)})
    assert answer.status_code == 413
    assert "栏目、文字或文件太多" in answer.content.decode()


@pytest.mark.logs_errors
def test_more_text_than_a_form_has_beside_files_is_told_in_a_sentence(client, cast):
    client.force_login(cast["director"])
    answer = client.post("/c/kuocang/people/import/", {"token": "x" * (bodies.NORMAL + 1)})
    assert answer.status_code == 413
    assert "栏目、文字或文件太多" in answer.content.decode()


@pytest.mark.logs_errors
def test_more_files_than_any_form_has_are_told_in_a_sentence(client, cast):
    client.force_login(cast["director"])
    many = [
        SimpleUploadedFile(f"{number}.pdf", b"%PDF-")
        for number in range(project.DATA_UPLOAD_MAX_NUMBER_FILES + 1)
    ]
    answer = client.post("/c/kuocang/people/import/", {"file": many})
    assert answer.status_code == 413
    assert "栏目、文字或文件太多" in answer.content.decode()


@pytest.mark.logs_errors
def test_a_body_that_is_no_form_is_told_in_a_sentence(client, cast):
    client.force_login(cast["director"])
    answer = client.generic(
        "POST", "/c/kuocang/people/import/", b"x" * 100, content_type="multipart/form-data"
    )
    assert answer.status_code == 400
    assert "提交的内容不完整" in answer.content.decode()


# Files on their way


def test_files_of_large_bodies_lie_in_the_state_folder_while_the_request_lasts(
    client, cast, house, settings, tmp_path, monkeypatch
):
    folder = tmp_path / "uploads"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR, settings.MEDIA_ROOT = folder, tmp_path / "media"
    seen, add = [], store.add
    monkeypatch.setattr(
        store, "add", lambda *args, **kwargs: (seen.extend(folder.iterdir()), add(*args, **kwargs))
    )
    client.force_login(cast["director"])
    unit = Unit.objects.filter(community=house.kuocang).first()
    content = picture(icc_profile=bytes(2_000_000))
    client.post(
        f"/c/kuocang/units/{unit.uuid}/attachments/",
        {"token": str(uuid.uuid4()), "files": SimpleUploadedFile("照片.jpg", content)},
    )
    assert len(seen) == 1
    assert list(folder.iterdir()) == []


def test_the_folder_of_files_on_their_way_is_the_owners_and_lies_in_the_state_folder():
    folder = project.FILE_UPLOAD_TEMP_DIR
    assert folder.parent == project.VAR_DIR
    assert folder.stat().st_mode & 0o777 == 0o700
    assert project.FILE_UPLOAD_MAX_MEMORY_SIZE < bodies.NORMAL < bodies.LARGE


def test_what_a_killed_process_left_is_swept_at_start(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    (tmp_path / "left.upload").write_bytes(b"x")
    prepare.sweep_uploads()
    assert list(tmp_path.iterdir()) == []
