"""Sandbox: uploaded pictures and documents are opened in a limited number of child processes."""

import io
import re
import threading
import zlib
from importlib import import_module
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from portal.attachments import kinds
from portal.attachments.kinds import MOST_PIXELS, FileRefused, validated_content
from portal.form_filling import process
from portal.form_filling.layout import KnownNames
from portal.launch.run import WORKER
from portal.pii_scan.files import numbers_in_file
from portal.sandbox import limits, sandbox
from portal.sandbox.errors import Busy
from portal.spreadsheets.errors import SpreadsheetError
from portal.spreadsheets.reading import read_workbook
from tests.imports import Pages, person, roster
from tests.pictures import animated, chunk, from_a_phone, picture, png
from tests.portal.sandbox import probe as tasks
from tests.workbooks import workbook

pytestmark = pytest.mark.usefixtures("started_children")
PDF = b"%PDF-1.7\n%%EOF"


ROOT = Path(__file__).resolve().parents[3]


def probe(name: str) -> sandbox.Task:
    return sandbox.Task(
        function=f"tests.portal.sandbox.probe:{name}",
        error=tasks.Unusable,
        late="太慢，超过 {seconds} 秒",
        too_large="太大",
    )


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


# Child process


def test_a_task_is_imported_under_the_limits_and_without_environment(monkeypatch):
    monkeypatch.setenv("LIREN_SECRET", "x")
    answer, file = sandbox.run(probe("limits"), b"")
    assert answer == {"limits": [limits.MEMORY_MB * 1_000_000, limits.SECONDS, 0], "environment": []}
    assert file == b""


def test_request_and_file_come_back_as_they_were():
    content = bytes(range(256)) * 5_000
    assert sandbox.run(probe("echo"), content, words=["姓名", "\n"]) == (["姓名", "\n"], content)


def test_lines_are_read_while_the_task_works():
    assert (
        sandbox.stream(probe("numbers"), b"", lambda lines: sum(map(int, lines)), count=50_000) == 1249975000
    )


@pytest.mark.parametrize(
    ("name", "request_", "kind", "sentence"),
    [
        ("refuse", {"code": "torn"}, tasks.Torn, "撕坏了"),
        ("refuse", {"code": "other"}, tasks.Unusable, "不要"),
        ("hoard", {}, tasks.Unusable, "太大"),
        ("end", {}, tasks.Unusable, "太大"),
        ("nowhere", {}, tasks.Unusable, "太大"),
    ],
)
def test_each_end_of_a_child_becomes_one_error(name, request_, kind, sentence):
    for read in (
        lambda: sandbox.run(probe(name), b"x", **request_),
        lambda: sandbox.stream(probe("late"), b"x", list, name=name, **request_),
    ):
        with pytest.raises(kind, match=sentence) as refused:
            read()
        assert type(refused.value) is kind


def test_a_slow_child_is_killed(monkeypatch):
    monkeypatch.setattr(sandbox.DOCUMENTS, "seconds", 0.01)
    with pytest.raises(tasks.Unusable, match=r"太慢，超过 0\.01 秒"):
        sandbox.run(probe("limits"), b"")


def test_tasks_are_functions_of_modules_that_only_the_child_imports():
    """Each module `sandboxed` belongs to a task, and no other module imports it."""
    functions, importing = set(), []
    for path in (
        p
        for app in ("portal", "community", "residents", "partybuilding", "services")
        for p in (ROOT / app).rglob("*.py")
    ):
        text = path.read_text()
        functions |= set(re.findall(r'function="([\w.]+:\w+)"', text))
        if path.name != "sandboxed.py" and re.search(
            r"^\s*(?:from|import) .*\bsandboxed\b", text, re.MULTILINE
        ):
            importing.append(path.name)
    modules = {function.partition(":")[0] for function in functions}
    assert importing == []
    assert {module.replace(".", "/") + ".py" for module in modules} == {
        str(path.relative_to(ROOT)) for path in ROOT.glob("*/*/sandboxed.py")
    }
    for function in functions:
        module, _, name = function.partition(":")
        assert callable(getattr(import_module(module), name))


# Pictures


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_of_24_megapixels_is_taken(kind):
    name = f"照片.{kind.lower()}"
    image = opened(validated_content(name, picture(kind, (6000, 4000))))
    assert image.size == (kinds.LONGEST_SIDE, 2667)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: png(5001, 5000), id="png"),
        pytest.param(lambda: png(MOST_PIXELS + 1, 1), id="long png"),
        pytest.param(lambda: picture("JPEG", (5001, 5000)), id="jpeg"),
        pytest.param(lambda: png(7000, 7000), id="49 megapixels"),
    ],
)
def test_a_picture_over_25_megapixels_is_refused_by_its_header(content):
    content = content()
    name = f"照片.{kinds.picture_kind(content)}"
    for take in (validated_content, kinds.photo):
        with pytest.raises(FileRefused, match="超过2500万像素，请缩小后再上传"):
            take(name, content)
        with pytest.raises(FileRefused, match="超过2500万像素"):
            take(name, content[:2000])  # more than the header is not looked at


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGB"])
def test_the_largest_jpeg_of_any_colours_is_taken_within_the_memory_of_a_child(mode):
    content = picture("JPEG", (5000, 5000), mode, progressive=True, subsampling=0)
    assert opened(validated_content("照片.jpg", content)).size == (kinds.LONGEST_SIDE, kinds.LONGEST_SIDE)


@pytest.mark.parametrize("mode", ["RGBA", "P", "1", "LA", "I;16"])
def test_the_largest_png_of_any_colours_is_taken_within_the_memory_of_a_child(mode):
    assert (
        max(opened(validated_content("图.png", picture("PNG", (5000, 5000), mode))).size)
        == kinds.LONGEST_SIDE
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        pytest.param("图.png", lambda: animated("PNG"), "动态图片", id="animated png"),
        pytest.param("图.gif", lambda: animated("GIF"), "不能上传这种文件", id="gif"),
        pytest.param("图.webp", lambda: animated("WEBP"), "不能上传这种文件", id="webp"),
        pytest.param("图.jpg", lambda: animated("WEBP"), "不是 JPEG 图片", id="webp named jpg"),
        pytest.param("图.png", lambda: animated("GIF"), "不是 PNG 图片", id="gif named png"),
        pytest.param("图.jpg", lambda: picture("PNG"), "不是 JPEG 图片", id="png named jpg"),
        pytest.param("图.png", lambda: picture("TIFF"), "不是 PNG 图片", id="tiff named png"),
        pytest.param("图.jpg", lambda: b"<svg onload='x'/>", "不是 JPEG 图片", id="svg named jpg"),
        pytest.param("图.png", lambda: picture("PNG", (400, 400))[:80], "已损坏", id="truncated png"),
        pytest.param("图.jpg", lambda: picture("JPEG", (400, 400))[:700], "已损坏", id="truncated jpeg"),
        pytest.param("图.jpg", lambda: b"\xff\xd8\xff" + PDF, "已损坏", id="jpeg by three bytes"),
        pytest.param(
            "图.png", lambda: kinds._BEGINNINGS["PNG"] + b"x" * 99, "已损坏", id="png by eight bytes"
        ),
    ],
)
def test_damaged_and_animated_pictures_are_refused(name, content, sentence):
    with pytest.raises(FileRefused, match=sentence):
        validated_content(name, content())


def _profile_bomb() -> bytes:
    """A PNG with a colour profile of 200 MB, compressed to 200 kB."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    return png(8, 8, chunk(b"iCCP", b"x\0\0" + data))


def _text_bombs() -> bytes:
    """A PNG with a hundred texts of a megabyte each."""
    text = zlib.compress(bytes(1_000_000), 9)
    return png(8, 8, *(chunk(b"zTXt", b"k%d\0\0" % number + text) for number in range(100)))


@pytest.mark.parametrize("content", [_profile_bomb, _text_bombs])
def test_a_bomb_in_the_metadata_is_refused(content):
    with pytest.raises(FileRefused, match="已损坏"):
        validated_content("图.png", content())


def test_large_metadata_is_removed():
    content = picture(icc_profile=b"\x5a" * 5_000_000, comment=b"secret" * 1000)
    assert len(content) > 5_000_000
    cleaned = validated_content("照片.jpg", content)
    assert len(cleaned) < 5_000
    assert b"secret" not in cleaned


def test_polyglot_is_reduced_to_its_picture():
    """Polyglot: the same bytes are a photo, a page and an archive, and only the photo is kept."""
    for content in (picture("JPEG"), picture("PNG")):
        cleaned = validated_content(
            f"图.{kinds.picture_kind(content)}", content + b"<script>alert(1)</script>" + workbook([["x"]])
        )
        assert b"<script>" not in cleaned
        assert b"PK\x03\x04" not in cleaned
        assert opened(cleaned).size == (60, 40)


@pytest.mark.parametrize("take", [validated_content, kinds.photo])
def test_photo_is_rotated_and_stripped_of_metadata(take):
    cleaned = take("照片.jpg", from_a_phone())
    assert opened(cleaned).size == (40, 60)
    assert not dict(opened(cleaned).getexif())
    assert b"SecretPhone" not in cleaned
    assert b"secret comment" not in cleaned


# Concurrency limit


def test_one_picture_at_a_time(monkeypatch):
    """Concurrent threads with pictures never run two children at once."""
    running, most, popen = [], [], sandbox.subprocess.Popen

    class Watched(popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            running.append(self)
            most.append(len(running))

        def __exit__(self, *args):
            super().__exit__(*args)
            running.remove(self)

    monkeypatch.setattr(sandbox.subprocess, "Popen", Watched)
    results, content = [], picture(size=(2000, 1000))
    threads = [
        threading.Thread(target=lambda: results.append(validated_content("照片.jpg", content)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == len(most) == 6
    assert set(most) == {1}


def test_jobs_never_wait_for_a_slot():
    """There is a slot for each job that the worker runs concurrently."""
    assert f"--concurrency={sandbox.DOCUMENTS._initial_value}" in WORKER


@pytest.fixture
def no_free_slot(monkeypatch):
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0)
    with sandbox.PICTURES, sandbox.DOCUMENTS, sandbox.DOCUMENTS:
        yield


@pytest.mark.parametrize(
    ("read", "error"),
    [
        (lambda: validated_content("照片.jpg", picture()), FileRefused),
        (lambda: kinds.photo("照片.jpg", picture()), FileRefused),
        (lambda: validated_content("表.xlsx", workbook([["x"]])), FileRefused),
        (lambda: read_workbook(workbook([["x"]])), SpreadsheetError),
        (
            lambda: process.parse_form(workbook([["x"]]), KnownNames(frozenset(), frozenset())),
            SpreadsheetError,
        ),
        (lambda: numbers_in_file(PDF, "公示.pdf", "附件"), Busy),
        (lambda: numbers_in_file(workbook([["x"]]), "公示.xlsx", "附件"), Busy),
    ],
)
def test_without_a_free_slot_the_user_is_asked_to_retry(no_free_slot, read, error):
    with pytest.raises(error, match="请等一分钟再提交一次"):
        read()


@pytest.mark.django_db
@pytest.mark.logs_errors
def test_page_without_a_free_slot_answers_503(cast, monkeypatch):
    """The list of refused rows of an import opens its file again."""
    client = Client(raise_request_exception=False)
    client.force_login(cast["staff"])
    pages = Pages(client, "kuocang")
    url = pages.url("import_refused", pages.check(roster(person("李明"))))
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0)
    with sandbox.DOCUMENTS, sandbox.DOCUMENTS:
        answer = client.post(url)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "系统正忙" in answer.content.decode()


def test_slot_is_released_after_any_error():
    for content in (b"PK\x03\x04nonsense", workbook([["x"]])[:100], b""):
        with pytest.raises(SpreadsheetError):
            read_workbook(content)
    with pytest.raises(FileRefused):
        validated_content("图.png", kinds._BEGINNINGS["PNG"] + b"x")
    assert sandbox.DOCUMENTS._value == sandbox.DOCUMENTS._initial_value
    assert sandbox.PICTURES._value == sandbox.PICTURES._initial_value


def test_child_beyond_its_time_limit_is_killed(monkeypatch):
    monkeypatch.setattr(sandbox.PICTURES, "seconds", 0)
    with pytest.raises(FileRefused, match="打不开"):
        validated_content("照片.jpg", picture())
