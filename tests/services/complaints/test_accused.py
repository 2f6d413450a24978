"""The accused never meet a complaint about them: a walk over every page of the portal, as the accused and as a reader."""

import io
import subprocess
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from community.objections.tickets import new_ticket
from community.objections.tracking_codes import format_code
from portal.access.db_scope import APP, scope
from portal.attachments.models import Attachment
from portal.audit.access_log import log_access
from portal.cases.actions import take_step
from portal.saved_lists.models import SavedList
from residents.subject_access.report import report_on
from services.complaints.registers import ComplaintRegister
from tests.addresses import addresses_of, sample_arguments
from tests.services.complaints.intake import NAME, PHONE, TEXT, complain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_contexts")]

ANSWER = "答复记号己"
NOTE = "内部记号庚"
FILE = "记号辛.jpg"
CODE = "23456789ABCD"
WORDS = (TEXT, NAME, PHONE, ANSWER, NOTE, FILE, CODE, format_code(CODE))

CASES = {
    # about, who walks and must not meet it, who reads it
    "staff": (["staff"], ("staff",), "supervisor"),
    "one of two supervisors": (["supervisor"], ("supervisor",), "director"),
    "director": (["director"], ("director",), "supervisor"),
    "staff and a supervisor": (["supervisor", "director"], ("supervisor2",), "street"),
}
SURFACES = {
    "list": "services:complaint_list",
    "detail": "services:complaint_detail",
    "steps": "services:complaint_step",
    "files": "services:complaint_attach",
    "code": "services:complaint_code",
    "new code": "services:complaint_replace_code",
}
"""Where a reader of the community meets it; the other surfaces are asked by name below, or have nothing of it."""


@pytest.fixture(params=CASES)
def case(request, house, cast):
    """A complaint with everything that could be met of it, worked on by its reader, and a saved list of theirs."""
    about, walkers, reader = CASES[request.param]
    complaint = complain(house.kuocang, *about, code=CODE)
    by = cast[reader]
    if reader == "street":
        return complaint, walkers, reader
    take_step(complaint, "take", by=by, changes={"owner": by})
    take_step(complaint, "note", by=by, text=NOTE)
    take_step(complaint, "answer", by=by, text=ANSWER)
    place = {"community_id": house.kuocang.id, "user_id": by.pk}
    Attachment.objects.create(
        **place,
        subject="services.StaffComplaint",
        row_id=complaint.pk,
        name=FILE,
        stored="x",
        size=1,
        digest="x",
    )
    SavedList.objects.create(
        **place, changed_by=by.pk, register="services:complaint", name="记号壬", query=f"q={NAME}"
    )
    log_access(**place, action="file", subject="services.StaffComplaint", ids=[complaint.pk])
    return complaint, walkers, reader


def marks(complaint) -> tuple[str, ...]:
    return (*WORDS, "记号", str(complaint.uuid))


def found(response, wanted) -> list[str]:
    """Which marks are in a response: its text, its headers, and what a spreadsheet, archive or PDF holds."""
    body = b"".join(response) if response.streaming else response.content
    text = body.decode("utf-8", "ignore") + str(dict(response.headers))
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            text += "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    if body.startswith(b"%PDF") and len(body) > 100:
        text += subprocess.run(
            ["pdftotext", "-", "-"], input=body, capture_output=True, check=True
        ).stdout.decode()
    return [mark for mark in wanted if mark in text]


def walk(client, addresses, wanted) -> dict[str, list[str]]:
    """Name of a URL → the marks in its answer, for all GET addresses where there are any."""
    met = {}
    for name, _, url in addresses:
        if there := found(client.get(url), wanted):
            met[name] = there
    return met


def asked_by_name(client, complaint, community: str = "kuocang") -> dict[str, list[str]]:
    """The surfaces that answer a question: search, lists with filters, exports, figures, other people's saved lists."""
    wanted = marks(complaint)
    met = {}
    for words in (TEXT, NAME, f"{complaint.year}年第{complaint.number}号"):
        for url in (f"/c/{community}/search/", "/home/search/"):
            response = client.post(url, {"q": words}, headers={"HX-Request": "true"})
            # What was typed may be repeated; the row's address may not.
            if there := found(response, [str(complaint.uuid)]):
                met[f"search {words}"] = there
        response = client.get(f"/c/{community}/complaints/", {"q": words})
        if there := found(response, [str(complaint.uuid)]):
            met[f"list {words}"] = there
    for state in ("mine", "open", "overdue", "answered", "in_hand"):
        for noun in ("complaints", "requests"):
            if there := found(client.get(f"/c/{community}/{noun}/", {"state": state}), wanted):
                met[f"{noun} {state}"] = there
    for path in ("requests", "tasks"):
        for kind in ("csv", "xlsx"):
            response = client.post(f"/c/{community}/{path}/export/", {"format": kind})
            if there := found(response, wanted):
                met[f"export {path}"] = there
    for act in ("add", "withdraw", "note", "answer", "take_over"):
        url = f"/c/{community}/complaints/{complaint.uuid}/steps/{act}/"
        if client.post(url, {"text": "x", "seen": str(complaint.version)}).status_code not in (403, 404):
            met[f"post {act}"] = ["was answered"]
    url = f"/c/{community}/complaints/{complaint.uuid}/code/replace/"
    code = {"checked": "当面认识", "ticket": new_ticket()}
    if client.post(url, code).status_code not in (403, 404):
        met["post new code"] = ["was answered"]
    saved = SavedList.objects.filter(register="services:complaint").first()
    if saved:
        for page in ("saved_count", "saved_edit", "saved_delete"):
            response = client.get(
                reverse(f"portal:{page}", kwargs={"community": community, "saved": saved.uuid})
            )
            if there := found(response, wanted):
                met[page] = there
    return met


def test_the_accused_never_meet_it_and_a_reader_does(case, house, cast):
    complaint, walkers, reader = case
    samples = sample_arguments(house, cast)
    addresses = addresses_of(samples, house, cast)
    own = {url for name, _, url in addresses if name == "services:complaint_detail"}
    assert own == {f"/c/kuocang/complaints/{complaint.uuid}/"}
    before = complaint.version
    for who in walkers:
        client = Client()
        client.force_login(cast[who])
        # An address with its uuid answers 404 or 403; what these pages say is looked at for the words.
        met = {
            name: [mark for mark in there if mark != str(complaint.uuid)] if name in _OWN else there
            for name, there in walk(client, addresses, marks(complaint)).items()
        }
        assert {name: there for name, there in met.items() if there} == {}, who
        assert asked_by_name(client, complaint) == {}, who
    complaint.refresh_from_db()
    assert complaint.version == before, "an accused took a step"

    # The same walk finds it for whoever reads it: otherwise it would prove nothing.
    client = Client()
    client.force_login(cast[reader])
    if reader == "street":
        copies = [address for address in addresses if address[0].startswith("community:forwarded_list")]
        item = complaint_copy(complaint)
        assert found(client.get(item), [TEXT, NAME]) == [TEXT, NAME]
        assert found(client.get(copies[0][2]), [item]) == [item]
        return
    ours = [address for address in addresses if address[0] in (*SURFACES.values(), "portal:todo")]
    met = walk(client, ours, marks(complaint))
    assert set(met) == {*SURFACES.values(), "portal:todo"}
    assert set(met["services:complaint_detail"]) >= {TEXT, NAME, PHONE, ANSWER, NOTE, FILE}
    asked = asked_by_name(client, complaint)
    assert {
        f"search {TEXT}",
        f"list {NAME}",
        "complaints mine",
        "saved_edit",
        "post note",
        "post new code",
    } <= set(asked)


_OWN = {
    f"services:complaint_{page}"
    for page in "detail history step code replace_code attach attachment attachment_delete".split()
}


def complaint_copy(complaint) -> str:
    from community.forwarded.models import Forwarded

    item = Forwarded.objects.get(source_uuid=complaint.uuid)
    return reverse("community:forwarded_detail", kwargs={"forwarded": item.uuid})


def test_what_is_worked_out_from_rows_has_nothing_of_it(house, cast, today):
    """Subject access, timeline and card of the accused's own person; purge and figures count it and name nothing."""
    from community.people.models import Person
    from portal.access.user_access import Access
    from portal.hooks.registry import Hook, call_hooks

    cast["staff"].person = house.person
    cast["staff"].save()
    complaint = complain(house.kuocang, "staff", code=CODE)
    take_step(complaint, "take", by=cast["supervisor"], changes={"owner": cast["supervisor"]})
    person = Person.objects.get(pk=house.person.pk)
    for name in ("director", "staff"):
        access = Access.of(cast[name])
        with scope(APP, user_id=cast[name].pk, **access.scope_arguments(APP)):
            ref = access.community("kuocang")
            told = [
                report_on(person, access, ref),
                list(call_hooks(Hook.TIMELINE, person, access, ref)),
                list(call_hooks(Hook.ABOUT, person, access)),
                list(call_hooks(Hook.FIGURES, ref, today.year)),
                list(call_hooks(Hook.DUE, access, access.communities, today)),
            ]
        assert [mark for mark in marks(complaint) if mark in repr(told)] == [], name


def test_there_is_no_export_bulk_change_or_shared_list(cast, client):
    register = ComplaintRegister()
    assert {"export", "ledger", "bulk", "import", "edit", "create", "delete", "pick"}.isdisjoint(
        register.actions
    )
    client.force_login(cast["supervisor"])
    form = {"name": "我的", "shared": "on", "query": "state=open", "sort": "", "column": ["number"]}
    url = reverse(
        "portal:saved_create", kwargs={"community": "kuocang", "app": "services", "noun": "complaint"}
    )
    assert client.post(url, form).status_code == 302
    assert [each.shared for each in SavedList.objects.filter(register="services:complaint")] == [False]
