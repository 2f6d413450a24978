"""Upload pages, found by walking the URLs: body size limits, and no file is parsed in the web process."""

import csv
import uuid
import zipfile
from html.parser import HTMLParser
from urllib.parse import urljoin

import openpyxl
import PIL.Image
import pypdf
import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from lxml import etree
from lxml import html as lxml_html

from community.stock.models import IssueLine, IssueList
from portal.files import body_limits
from portal.sandbox import sandbox
from tests.community.bulletins.drafting import MONTH, publish
from tests.partybuilding.member_phone.members import add_member, add_post
from tests.pictures import picture
from tests.test_matrix import TABLE
from tests.workbooks import workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_pdf")]
OPEN = ("accounts/", "p/", "objections/", "track/", "robots.txt")
"""Where anybody may post; and the first page."""
OPEN_TO_PHOTOS = {"services:public_request"}
"""Where anybody may send a file."""


class Forms(HTMLParser):
    """The forms of a page: action, and name → (type, value, accept, longest) of each field."""

    def __init__(self, url: str, page: str):
        super().__init__()
        self.url, self.forms, self._inside, self._select = url, [], None, ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            action = urljoin(self.url, attributes.get("action") or self.url)
            self._inside = {"action": action, "method": attributes.get("method", "get"), "fields": {}}
            self.forms.append(self._inside)
        elif self._inside is not None and tag in ("input", "textarea", "select"):
            self._field(tag, attributes)
        elif tag == "option" and self._inside is not None and self._select and attributes.get("value"):
            field = self._inside["fields"][self._select]
            field["value"] = field["value"] or attributes["value"]

    def _field(self, tag: str, attributes: dict) -> None:
        kind = attributes.get("type", "text") if tag == "input" else tag
        name = attributes.get("name", "")
        self._select = name if tag == "select" else ""
        if name and kind != "submit":
            field = {
                "kind": kind,
                "value": attributes.get("value") or "",
                "is_required": "required" in attributes,
                "accept": attributes.get("accept", ""),
                "longest": int(attributes.get("maxlength", 0)),
            }
            self._inside["fields"].setdefault(name, field)

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = None
        elif tag == "select":
            self._select = ""


@pytest.fixture
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def quick_pdf(monkeypatch):
    """Replace the rendering of PDFs: their look is not tested here."""
    monkeypatch.setattr(
        "community.bulletins.actions.workflow.render_pdf", lambda template, context: b"%PDF-1.7"
    )


@pytest.fixture
def every_address(house, cast, addresses, storage):
    """Name and address of every URL; those of a bulletin twice, of the draft and of a published one."""
    publish(house.kuocang, cast, MONTH)
    add_post(house, add_member(house, "李党员", house.branch, cast["member"]), "东门1号桶")
    # What the house has handed over still waits.
    IssueList.objects.update(ended_on=None)
    IssueLine.objects.update(state="waiting", handed_on=None, handed_at=None, slip=None)
    every = [(name, url) for name, _, url in addresses]
    # The form of a visit that nobody had planned is filled in with a person where the address names one.
    log_new = [
        (name, f"{url}?person={house.person.uuid}") for name, url in every if name.endswith("visit_log_new")
    ]
    return every + log_new + [(name, _published(url)) for name, url in every if _published(url) != url]


def _published(url: str) -> str:
    return url.replace("2025-01", f"{MONTH:%Y-%m}")


def _pages(every_address, cast):
    """Name, address, a client who may open it, and the text of every page that is a page."""
    clients = {}
    for name, url in every_address:
        allowed = TABLE[name] if isinstance(TABLE[name], set) else {"staff"}
        for who in sorted(allowed, key=lambda one: (one != "director", one)):
            if who not in clients:
                clients[who] = Client()
                clients[who].force_login(cast[who])
            answer = clients[who].get(url)
            if answer.streaming:
                list(answer)  # a file that is not read to its end stays open
            elif answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                yield name, url, clients[who], answer.content.decode()
            if answer.status_code not in (403, 404):
                break


def _forms(every_address, cast):
    """Name of the page, client and form of every form that is posted."""
    for name, url, client, page in _pages(every_address, cast):
        for form in Forms(url, page).forms:
            if form["method"].lower() == "post":
                yield name, client, form


def _takes_files(form: dict) -> bool:
    return any(field["kind"] == "file" for field in form["fields"].values())


def _path(url: str) -> str:
    return url.split("?")[0].split("#")[0]


# Body sizes


def test_every_url_has_a_body_size_limit(addresses):
    for name, route, url in addresses:
        inside = route.startswith(("c/", "home/", "head/", "m/", "street/", "deployment/"))
        assert inside or route == "" or route.startswith(OPEN), name
        limits = {body_limits.NORMAL if inside else body_limits.SMALL}
        if inside or name in OPEN_TO_PHOTOS:
            limits.add(body_limits.LARGE)
        assert body_limits.limit_of(url) in limits, name


def test_upload_forms_have_the_large_limit_and_all_forms_fit(every_address, cast):
    """With every field at its maximum: a Chinese character is nine bytes of a form without files."""
    taking, too_long = set(), {}
    for name, _, form in _forms(every_address, cast):
        path = _path(form["action"])
        if _takes_files(form):
            taking.add(path)
        longest = 8_000 + 9 * sum(field["longest"] for field in form["fields"].values())
        if longest > body_limits.limit_of(path):
            too_long[name] = longest
    assert len(taking) > 30
    assert taking <= {
        url for _, url in every_address if body_limits.limit_of(_path(url)) == body_limits.LARGE
    }
    names = {name for name, url in every_address if _path(url) in taking}
    assert names == {
        name for name, url in every_address if body_limits.limit_of(_path(url)) == body_limits.LARGE
    }
    assert too_long == {}


# No parsing in the web process


@pytest.fixture
def no_parser(monkeypatch):
    """Make every file parser raise in this process; child processes keep their own."""

    def refuse(*args, **kwargs):
        raise AssertionError("a file is opened outside the sandbox")

    begin = zipfile.ZipFile.__init__

    def writing_only(self, file, mode="r", *args, **kwargs):
        if mode == "r":
            refuse()
        begin(self, file, mode, *args, **kwargs)

    monkeypatch.setattr(zipfile.ZipFile, "__init__", writing_only)
    for module, names in (
        (PIL.Image, ("open",)),
        (etree, ("fromstring", "XML", "HTML", "parse", "iterparse")),
        (lxml_html, ("fromstring", "document_fromstring", "parse")),
        (pypdf, ("PdfReader",)),
        (python_calamine, ("CalamineWorkbook", "load_workbook")),
        (openpyxl, ("load_workbook",)),
        (csv, ("reader", "DictReader")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, refuse)


@pytest.fixture
def in_children(monkeypatch):
    """The tasks of the children that were run."""
    tasks, run = [], sandbox.run_in_child

    def watched(task, *args, **kwargs):
        tasks.append(task)
        return run(task, *args, **kwargs)

    monkeypatch.setattr(sandbox, "run_in_child", watched)
    return tasks


FILES = {
    "jpg": picture(),
    "xlsx": workbook([["姓名", "身份证号码", "备注"], ["王芳", "", "甲"]]),
    "csv": "姓名,身份证号码\n王芳,\n".encode(),
}


def _filled(form: dict, content: bytes, name: str) -> dict:
    """The form as somebody sends it who fills in what is asked, and chooses one file."""
    values = {}
    for key, field in form["fields"].items():
        kind = field["kind"]
        if kind == "file":
            values[key] = SimpleUploadedFile(name, content)
        elif kind == "date" and field["is_required"]:
            values[key] = f"{timezone.localdate():%Y-%m-%d}"
        elif key == "token":
            values[key] = str(uuid.uuid4())  # sent again with another file, it is another form
        elif kind == "checkbox":
            continue
        elif kind == "number" and field["is_required"]:
            values[key] = field["value"] or "1"
        else:
            values[key] = field["value"] or ("王芳" if field["is_required"] and kind != "select" else "")
    return values


def _accepted(form: dict) -> list[str]:
    accept = next(field["accept"] for field in form["fields"].values() if field["kind"] == "file")
    return [kind for kind in FILES if f".{kind}" in accept] or ["jpg"]


def test_no_file_is_parsed_in_the_web_process(every_address, cast, no_parser, in_children):
    large = [
        (name, url) for name, url in every_address if body_limits.limit_of(_path(url)) == body_limits.LARGE
    ]
    names, opened = set(), set()
    for name, client, form in _forms(large, cast):
        for kind in _accepted(form) if _takes_files(form) else ():
            before = len(in_children)
            answer = client.post(form["action"], _filled(form, FILES[kind], f"文件.{kind}"))
            assert answer.status_code < 500, name
            names.add((name, kind))
            if len(in_children) > before:
                opened.add((name, kind))
    assert len(names) > 30
    assert names == opened, "refused before the file was looked at, so that nothing is proved"
