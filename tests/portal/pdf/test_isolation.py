"""Isolation of the PDF process: readable files and time limit."""

import base64
import json
import logging
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image, ImageFile
from pypdf import PdfReader

from portal.pdf.rendering import (
    CHILD,
    PdfAddressRefusedError,
    PdfError,
    PdfTimeoutError,
    job_of,
    pdf_from_html,
)

pytestmark = pytest.mark.usefixtures("started_children")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{}</svg>'


def page(body: str = "", head: str = "") -> str:
    return f'<html lang="zh-CN"><head><title>试</title>{head}</head><body>{body}</body></html>'


def data_uri(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def svg_uri(content: str) -> str:
    return data_uri(SVG.format(content).encode(), "image/svg+xml")


READING_SVG = '<image href="file:///etc/passwd" width="9" height="9"/>'


@pytest.fixture
def static_folder(settings, tmp_path):
    """Folder of static files beside a secret file outside it."""
    folder = tmp_path / "static"
    folder.mkdir()
    png = BytesIO()
    Image.new("RGB", (3, 3), "red").save(png, "PNG")
    (folder / "red.png").write_bytes(png.getvalue())
    (tmp_path / "secret.png").write_bytes(png.getvalue())
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "red.png").write_bytes(png.getvalue())
    settings.STATICFILES_DIRS = [folder, ("packed", packed)]
    return folder


@pytest.fixture
def in_this_process(monkeypatch):
    """Module of the child process, run in this one; restores Pillow's setting for damaged pictures afterwards."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)
    from portal.pdf import child_process

    return child_process


@pytest.mark.logs_errors  # of a drawing inside a drawing WeasyPrint complains, and goes on
@pytest.mark.parametrize(
    "html",
    [
        page('<img src="file:///etc/passwd" alt="">'),
        page('<img src="FILE:///etc/passwd" alt="">'),
        page('<img src="http://192.0.2.1/a.png" alt="">'),
        page('<img src="https://192.0.2.1/a.png" alt="">'),
        page('<img src="ftp://192.0.2.1/a.png" alt="">'),
        page('<img src="/etc/passwd" alt="">'),
        page('<img src="//192.0.2.1/static/red.png" alt="">'),
        page('<img src="/static/../secret.png" alt="">'),
        page('<img src="/static/%2e%2e/secret.png" alt="">'),
        page('<img src="/static/packed/../../secret.png" alt="">'),
        page('<img src="/static//etc/passwd" alt="">'),
        page('<img src="/static/link.png" alt="">'),
        page('<img src="/static/missing.png" alt="">'),
        page(f'<img src="{svg_uri(READING_SVG)}" alt="">'),
        page(SVG.format(READING_SVG)),
        page('<object data="file:///etc/passwd"></object>'),
        page('<p style="background: url(file:///etc/passwd)">x</p>'),
        page('<ul style="list-style-image: url(file:///etc/passwd)"><li>x</ul>'),
        page("<p>x</p>", "<style>p::before {content: url(file:///etc/passwd)}</style>"),
        page(head='<link rel="stylesheet" href="file:///etc/passwd">'),
        page(head='<link rel="attachment" href="file:///etc/passwd">'),
        page(head="<style>@import url(file:///etc/passwd);</style>"),
        page(
            "<p>x</p>",
            "<style>@font-face {font-family: a; src: url(file:///etc/passwd)} p {font-family: a}</style>",
        ),
        page('<img src="/static/red.png" alt="">', '<base href="http://192.0.2.1/">'),
        page('<img src="red.png" alt="">', '<base href="file:///etc/">'),
    ],
)
def test_address_outside_our_static_files_is_refused(static_folder, in_this_process, html):
    """Runs in this process, since starting one takes a second; the next test uses a real child."""
    with pytest.raises(in_this_process.AddressRefusedError) as refused:
        in_this_process.make_pdf(job_of(html, seconds=30))

    assert str(refused.value)


def test_refusal_names_the_address(static_folder):
    with pytest.raises(PdfAddressRefusedError, match="不允许读取的地址") as refused:
        pdf_from_html(page('<img src="file:///etc/passwd" alt="">'))

    assert refused.value.address == "file:///etc/passwd"


@pytest.mark.parametrize(
    "address",
    ["/static/red.png", "/static/red.png?v=1", "/static/packed/red.png", "/static/%72ed.png"],
)
def test_own_static_file_is_read(static_folder, address):
    pdf = pdf_from_html(page(f'<img src="{address}" alt="红">'))

    assert len(PdfReader(BytesIO(pdf)).pages[0].images) == 1


def test_collected_static_file_is_read(settings, tmp_path, static_folder):
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATIC_ROOT.mkdir()
    (static_folder / "red.png").rename(settings.STATIC_ROOT / "red.0a1b2c.png")
    pdf = pdf_from_html(page('<img src="/static/red.0a1b2c.png" alt="红">'))

    assert len(PdfReader(BytesIO(pdf)).pages[0].images) == 1


def test_data_uri_is_read():
    uri = svg_uri('<rect width="9" height="9" fill="red"/>')
    pdf = pdf_from_html(page(f'<img src="{uri}" alt="红">'))

    assert b"1 0 0 rg" in PdfReader(BytesIO(pdf)).pages[0].get_contents().get_data()


@pytest.mark.logs_errors
def test_unreadable_image_is_an_error(caplog):
    with pytest.raises(PdfError, match="PDF 未能生成"):
        pdf_from_html(page(f'<img src="{data_uri(b"no image", "image/png")}" alt="红">'))

    assert "Failed to load image" in caplog.text


def test_time_limit_kills_the_process(monkeypatch):
    started = []

    class RecordedPopen(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", RecordedPopen)
    slow = page("<p>" + "居民委员会" * 400_000 + "</p>")
    begin = time.monotonic()
    with pytest.raises(PdfTimeoutError, match="超过 1 秒"):
        pdf_from_html(slow, seconds=1)

    assert time.monotonic() - begin < 5
    (process,) = started
    assert process.returncode == -signal.SIGKILL


def test_orphaned_process_ends_itself():
    """The child's alarm is 5 s after its time limit; a limit of -4 s makes it 1 s."""
    job = {
        "html": page("<p>" + "居民委员会" * 400_000 + "</p>"),
        "base_url": "http://127.0.0.1/",
        "seconds": -4,
    }
    job |= {"static_url": "http://127.0.0.1/static/", "static_folders": []}
    process = subprocess.run(
        [sys.executable, CHILD], input=json.dumps(job).encode(), capture_output=True, timeout=20, check=False
    )

    assert process.returncode == -signal.SIGALRM


def test_threads_generate_documents_concurrently():
    with ThreadPoolExecutor(2) as pool:
        pdfs = list(pool.map(pdf_from_html, [page("<p>甲</p>"), page("<p>乙</p>")]))

    assert [PdfReader(BytesIO(pdf)).pages[0].extract_text() for pdf in pdfs] == ["甲", "乙"]


def test_successful_document_logs_nothing(caplog):
    with caplog.at_level(logging.DEBUG, logger="portal.pdf.rendering"):
        assert pdf_from_html(page("<p>好</p>")).startswith(b"%PDF-1.7")

    assert caplog.text == ""
