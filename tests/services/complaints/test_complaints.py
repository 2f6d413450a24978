"""Complaints about staff: who reads one, the public form, the code, handing over from requests, and the street."""

import re
import uuid

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from community.communities.models import Community
from community.forwarded.actions import answer_forwarded
from community.forwarded.models import Forwarded
from community.objections.tickets import new_ticket
from community.objections.tracking_codes import code_hash
from portal.access.db_scope import APP, PUBLIC, STREET, scope
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access
from portal.audit.intake_limits import IntakeLimits
from portal.cases.actions import StepRefused, take_step
from portal.hooks.registry import Hook, call_hooks
from portal.working_days.calendar import working_calendar
from services.complaints.actions import LEFT_BEHIND, end_periods, hand_over
from services.complaints.figures import complaints_count
from services.complaints.models import READERS, StaffComplaint, StaffComplaintStep
from services.complaints.people import Posted, posted_staff
from services.complaints.tasks import end_complaint_periods
from services.requests.models import Request, RequestStep
from services.requests.numbers import hidden_requests
from tests.services.complaints.intake import NAME, PHONE, TEXT, complain

pytestmark = pytest.mark.django_db
CODE = "23456789ABCD"
NEW = "/p/kuocang/complaints/new/"


def readers(complaint, cast) -> set[str]:
    """Who of the cast gets the row by the first lock."""
    return {
        name
        for name, user in cast.items()
        if rows(StaffComplaint, Access.of(user), P.COMPLAINTS).filter(pk=complaint.pk).exists()
    }


def readers_in_the_database(complaint, cast) -> set[str]:
    """Who gets the row, its history and its steps by the second lock, without any filter of the ORM.

    Without `both`, who is a supervisor elsewhere: the settings hold the rights of all communities of a scope together, so
    there the first lock decides.
    """
    found = set()
    for name, user in cast.items():
        if name == "both":
            continue
        with scope(APP, user_id=user.pk, **Access.of(user).scope_arguments(APP)):
            seen = {
                StaffComplaint.objects.filter(pk=complaint.pk).exists(),
                StaffComplaint.pgh_event_model.objects.filter(pgh_obj_id=complaint.pk).exists(),
                StaffComplaintStep.objects.filter(case=complaint.pk).exists(),
            }
        assert len(seen) == 1, name
        found |= {name} if seen == {True} else set()
    return found


@pytest.mark.parametrize(
    ("about", "typed", "who"),
    [
        (["staff"], "", {"supervisor", "supervisor2"}),
        (["director"], "", {"supervisor", "supervisor2"}),
        ([], "", {"supervisor", "supervisor2"}),
        ([], "保安老王", {"supervisor", "supervisor2"}),
        (["supervisor"], "", {"director"}),
        ([], "居务监督委员supervisor2某", {"director"}),
        (["supervisor", "staff"], "", set()),
        (["supervisor"], "保安老王", set()),
    ],
)
def test_both_locks_show_it_to_its_readers_only(house, cast, about, typed, who):
    complaint = complain(house.kuocang, *about, typed=typed)
    assert readers(complaint, cast) == readers_in_the_database(complaint, cast) == who


def test_the_accused_is_kept_out_although_the_right_is_held(house, cast):
    """Somebody who becomes a supervisor later does not read what is about them; the other one does."""
    complaint = complain(house.kuocang, "staff")
    for user in (cast["supervisor"], cast["finance"]):
        StaffComplaint.objects.filter(pk=complaint.pk).update(accused=[user.pk])
        StaffComplaintStep.objects.filter(case=complaint).update(accused=[user.pk])
        StaffComplaint.pgh_event_model.objects.filter(pgh_obj_id=complaint.pk).update(accused=[user.pk])
        expected = {"supervisor", "supervisor2"} - {user.username}
        assert readers(complaint, cast) == readers_in_the_database(complaint, cast) == expected


def test_other_accounts_of_the_same_person_are_accused_as_well(house, cast):
    cast["health"].person_id = cast["staff"].person_id
    cast["health"].save()
    complaint = complain(house.kuocang, "staff")
    assert sorted(complaint.accused) == sorted([cast["staff"].pk, cast["health"].pk])


def test_without_a_reader_it_goes_to_the_street(house, cast):
    cast["supervisor"].assignments.update(ended_at=timezone.now())
    cast["supervisor2"].assignments.update(ended_at=timezone.now())
    complaint = complain(house.kuocang, "staff")
    assert (complaint.about, complaint.state) == ("staff", "at_street")
    assert readers_in_the_database(complaint, cast) == set()
    assert Forwarded.objects.get(source_uuid=complaint.uuid).is_for_street_only


def test_words_are_in_no_plain_column(house):
    complaint = complain(house.kuocang, "staff")
    with connection.cursor() as cursor:
        stored = ""
        for table in ("staffcomplaint", "staffcomplaintevent", "staffcomplaintstep"):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM services_{table} t")
            stored += cursor.fetchone()[0]
    assert [word for word in (TEXT, NAME, PHONE, "staff某") if word in stored] == []
    assert complaint.facts["text"] == TEXT
    assert complaint.facts["people"] == ["staff某（社区工作人员）"]


def test_the_public_role_reads_and_writes_no_complaint_itself(house):
    complain(house.kuocang, "staff")
    for action in (
        lambda: StaffComplaint.objects.exists(),
        lambda: StaffComplaintStep.objects.exists(),
        lambda: StaffComplaint.objects.update(state="withdrawn"),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), scope(PUBLIC):
            action()


def test_posted_names_are_those_in_office(house, cast):
    cast["party"].assignments.update(ended_at=timezone.now())
    with scope(PUBLIC):
        posted = posted_staff(house.kuocang.id)
    names = {each.name for each in posted}
    assert {"director某", "staff某", "supervisor某", "both某"} <= names
    assert names.isdisjoint({"party某", "head某", "street某", "stranger某", "health某"})
    assert posted[0].role == "director"


# The public form


def form(client, **more) -> dict:
    page = client.get(NEW).content.decode()
    return {"text": TEXT, "ticket": re.search(r'name="ticket" value="([^"]+)"', page)[1]} | more


def test_the_form_has_at_most_six_fields_and_gives_one_code(house, cast, client):
    page = client.get(NEW).content.decode()
    names = {
        name
        for tag, name in re.findall(r'<(input|textarea)[^>]*name="([^"]+)"', page)
        if name not in ("ticket", "csrfmiddlewaretoken", "q", "opened", "link")  # hidden ones
    }
    assert names == {"people", "typed", "text", "name", "phone"}
    data = form(client, people=["staff:staff某"], name=NAME)
    answers = [client.post(NEW, data) for _ in range(2)]
    codes = {re.search(r'class="secret">([^<]+)<', answer.content.decode())[1] for answer in answers}
    (code,) = codes
    complaint = StaffComplaint.objects.get(code_hash=code_hash(code))
    assert (complaint.about, complaint.accused, complaint.state) == ("staff", [cast["staff"].pk], "received")
    assert complaint.clock_days == 15
    due = working_calendar().add(timezone.localdate(), 15)
    assert timezone.localdate(complaint.due) == due
    assert answers[0]["Cache-Control"] == "no-store"


def test_junk_and_floods_are_refused(client, monkeypatch):
    before = StaffComplaint.objects.count()
    forged = client.post(NEW, {"text": TEXT, "ticket": "x" * 40})
    assert (forged.status_code, "页面打开时间太长" in forged.content.decode()) == (422, True)
    empty = client.post(NEW, form(client) | {"text": " ", "name": NAME})
    assert (empty.status_code, NAME in empty.content.decode()) == (422, True)
    unknown = client.post(NEW, form(client, people=["director:谁"]))
    assert (unknown.status_code, "名单有变动" in unknown.content.decode()) == (422, True)
    assert client.get("/p/nowhere/complaints/new/").status_code == 404
    assert StaffComplaint.objects.count() == before


@pytest.fixture
def limits(monkeypatch):
    """One complaint an hour from a network, and two above that; nobody is too fast."""
    tight = IntakeLimits("tight", network=(1, 9), community=(9, 9), beyond=(2, 9))
    monkeypatch.setattr("services.requests.flood.LIMITS", tight)
    monkeypatch.setattr("services.requests.flood.SHORTEST", 0)


def send(client, address: str = "2001:db8::1", **more):
    page = client.get(NEW).content.decode()
    opened = re.search(r'name="opened" value="([^"]+)"', page)[1]
    return client.post(NEW, form(client, opened=opened) | more, REMOTE_ADDR=address)


def newest() -> StaffComplaint:
    return StaffComplaint.objects.latest("pk")


def test_above_the_limit_of_a_network_one_comes_in_marked_and_a_sign_of_spam_is_refused(client, limits):
    assert (send(client).status_code, newest().suspicion) == (200, "")
    first = newest()
    assert send(client, text="低价代开 https://example.top").status_code == 429
    assert newest() == first
    # A household may take any address of its network.
    assert (send(client, "2001:db8::2").status_code, newest().suspicion) == (
        200,
        "同一网络短时间内多次提交",
    )
    assert send(client, "2001:db8:0:1::1").status_code == 200
    assert newest().suspicion == ""


def test_a_suspicious_one_is_marked_and_worked_on_like_any_other(house, cast, client, monkeypatch):
    monkeypatch.setattr("services.requests.flood.SHORTEST", 0)
    assert send(client, text="看这里 https://example.top").status_code == 200
    complaint = newest()
    assert (complaint.state, complaint.suspicion) == ("received", "内容中有网址")
    client.force_login(cast["supervisor"])
    page = client.get(f"/c/kuocang/complaints/{complaint.uuid}/").content.decode()
    assert "疑似垃圾信息：内容中有网址" in page
    assert "下一步：受理" in page
    assert "（疑似垃圾信息）看这里" in client.get("/c/kuocang/complaints/").content.decode()


def test_a_form_that_lay_open_too_long_is_sent_again_with_what_was_typed(client):
    expired = client.post(NEW, {"text": TEXT, "ticket": "x" * 40}).content.decode()
    assert TEXT in expired
    ticket = re.search(r'name="ticket" value="([^"]+)"', expired)[1]
    assert client.post(NEW, {"text": TEXT, "ticket": ticket}).status_code == 200


def test_the_rule_of_the_community_sets_the_period(house, cast, today):
    from community.dated_rules.actions import set_rule

    rule = {"community": house.kuocang, "key": "complaint_days", "source": "街道通知", "by": cast["director"]}
    set_rule(value=5, start=today, **rule)
    assert complain(house.kuocang, "staff").clock_days == 5


# The code


def tracked(code: str = CODE):
    with scope(PUBLIC):
        return next(call_hooks(Hook.TRACK, code_hash(code)), None)


def act(name: str, text: str = "") -> None:
    with scope(PUBLIC):
        next(call_hooks(Hook.TRACK, code_hash(CODE))).take(name, text)


def test_the_holder_of_the_code_follows_and_judges_it(house, cast):
    supervisor = cast["supervisor"]
    complaint = complain(house.kuocang, "staff")
    case = tracked()
    assert (case.state, case.acts) == ("待受理", ("add", "withdraw"))
    assert [word for word in (TEXT, NAME, PHONE, "staff某") if word in repr(case)] == []
    act("add", "补充一句")
    complaint.refresh_from_db()
    take_step(complaint, "take", by=supervisor, changes={"owner": supervisor})
    take_step(complaint, "note", by=supervisor, text="内部的话")
    take_step(complaint, "answer", by=supervisor, text="已批评教育")
    case = tracked()
    assert (case.acts, case.due) == (("satisfied", "dissatisfied"), None)
    assert "已批评教育" in repr(case)
    assert "补充一句" in repr(case)
    assert "内部的话" not in repr(case)
    assert "supervisor某" not in repr(case)
    with pytest.raises(StepRefused):
        act("withdraw")
    act("dissatisfied", "没有道歉")
    complaint.refresh_from_db()
    assert (complaint.state, complaint.answered_at) == ("reopened", None)
    assert [step.text for step in complaint.steps.filter(name="dissatisfied")] == ["没有道歉"]
    take_step(complaint, "answer", by=supervisor, text="已当面道歉")
    act("satisfied")
    complaint.refresh_from_db()
    assert complaint.state == "satisfied"
    assert tracked().acts == ()
    StaffComplaint.objects.update(ended_at=timezone.now() - timezone.timedelta(days=366))
    assert tracked() is tracked("WRONGWRONGWR") is None


def test_what_the_holder_did_meanwhile_is_shown_before_the_answer_is_sent(house, cast, client):
    supervisor = cast["supervisor"]
    complaint = complain(house.kuocang, "staff")
    take_step(complaint, "take", by=supervisor, changes={"owner": supervisor})
    client.force_login(supervisor)
    url = f"/c/kuocang/complaints/{complaint.uuid}/steps/answer/"
    data = {"text": "已处理", "seen": str(complaint.version)}
    act("add", "还有一件事")
    refused = client.post(url, data)
    assert (refused.status_code, "还有一件事" in refused.content.decode()) == (409, True)
    seen = re.search(r'name="seen" value="(\d+)"', refused.content.decode())[1]
    assert client.post(url, data | {"seen": seen}).status_code == 302


def test_silence_ends_it_after_the_period(house, cast):
    complaint = complain(house.kuocang, "staff")
    take_step(complaint, "take", by=cast["supervisor"], changes={"owner": cast["supervisor"]})
    take_step(complaint, "answer", by=cast["supervisor"], text="已处理")
    now = timezone.now()
    place = {"communities": [house.kuocang.id], "write": [house.kuocang.id]}
    with scope(APP, **place, rights=list(READERS.values())):
        assert end_periods(community=house.kuocang, now=now) == 0
        assert end_periods(community=house.kuocang, now=now + timezone.timedelta(days=40)) == 1
    complaint.refresh_from_db()
    assert complaint.state == "silent"


def test_an_error_in_one_community_keeps_no_complaint_elsewhere_open(house, cast, monkeypatch, caplog):
    complaint, supervisor = complain(house.kuocang, "staff"), cast["supervisor"]
    long_ago = timezone.now() - timezone.timedelta(days=40)
    take_step(complaint, "take", by=supervisor, changes={"owner": supervisor})
    take_step(complaint, "answer", by=supervisor, text="已处理", at=long_ago)
    first, *_ = Community.objects.order_by("id")
    failing = (
        first
        if first != house.kuocang
        else Community.objects.create(
            code="failing", name="出错社区", street=house.kuocang.street, id=first.id - 1
        )
    )

    def end_periods_but_there(*, community, now):
        assert community != failing, "something is wrong there"
        return end_periods(community=community, now=now)

    monkeypatch.setattr("services.complaints.tasks.end_periods", end_periods_but_there)
    for _ in range(2):
        end_complaint_periods.func(0)
    complaint.refresh_from_db()
    assert (complaint.state, complaint.steps.filter(name="silent").count()) == ("silent", 1)
    assert f"反映件期满 failed in community {failing.id}" in caplog.text
    caplog.clear()


def test_a_lost_code_is_replaced_by_whoever_reads_it(house, cast, client):
    complaint, url = complain(house.kuocang, "staff"), "/c/kuocang/complaints/"
    url = f"{url}{complaint.uuid}/"
    client.force_login(cast["supervisor"])
    assert f"{url}code/replace/" in client.get(url).content.decode()
    page = client.get(f"{url}code/replace/")
    data = {name: page.context["form"][name].value() for name in ("token", "ticket")}
    assert "请选择怎样核对本人" in client.post(f"{url}code/replace/", data).content.decode()
    answers = [client.post(f"{url}code/replace/", data | {"checked": "当面认识"}) for _ in range(2)]
    assert answers[0].url == answers[1].url
    slip = client.get(answers[0].url)
    assert slip["Cache-Control"].count("no-store")
    code = slip.context["code"].replace("-", "")
    assert slip.context["code"] in slip.content.decode()
    assert tracked(CODE) is None
    assert tracked(code).state == "待受理"
    assert "补发" not in repr(tracked(code))
    step = complaint.steps.get(name="new_code")
    assert (step.details, step.by) == ({"核对方式": "当面认识"}, cast["supervisor"])
    page = client.get(url).content.decode()
    assert "原查询码作废" in page
    assert code not in page
    # Another reader has the page without the code; whoever may not read it has none.
    for who, status in (("supervisor2", 200), ("staff", 403), ("director", 404)):
        client.force_login(cast[who])
        answer = client.get(answers[0].url)
        assert (answer.status_code, code[:4] in answer.content.decode()) == (status, False), who
        if status != 200:
            forged = {"ticket": new_ticket(), "checked": "当面认识"}
            assert client.post(f"{url}code/replace/", forged).status_code == status
    assert tracked(code)


# From the requests


@pytest.fixture
def request_about_staff(house, cast) -> Request:
    row = Request.objects.create(
        community=house.kuocang,
        state="new",
        channel="web",
        text=TEXT,
        place="记号丙窗口",
        name=NAME,
        phone=PHONE,
        code_hash=code_hash(CODE),
    )
    step = {"community": house.kuocang, "case": row}
    RequestStep.objects.create(**step, number=1, name="receive", after="new")
    RequestStep.objects.create(**step, number=2, name="add", before="new", after="new", text="记号丁补充")
    Request.objects.filter(pk=row.pk).update(version=2)
    row.refresh_from_db()
    return row


def test_staff_hand_one_over_and_nothing_of_it_stays(house, cast, client, request_about_staff):
    request = request_about_staff
    client.force_login(cast["staff"])
    url = f"/c/kuocang/requests/{request.uuid}/"
    page = client.get(url).content.decode()
    assert "移交居务监督委员会" in page
    assert TEXT in client.get(f"{url}history/").content.decode()
    answer = client.post(f"{url}steps/to_committee/", {"people": ["staff:staff某"], "seen": "2"})
    assert answer.status_code == 302
    complaint = StaffComplaint.objects.get(code_hash=code_hash(CODE))
    assert complaint.accused == [cast["staff"].pk]
    facts = complaint.facts
    assert (facts["name"], facts["phone"]) == (NAME, PHONE)
    assert all(words in facts["text"] for words in (TEXT, "记号丁补充", "记号丙窗口"))
    request.refresh_from_db()
    assert (request.state, request.text, request.code_hash) == ("handed", LEFT_BEHIND, None)
    with connection.cursor() as cursor:
        stored = ""
        for table in ("request", "requestevent", "requeststep"):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM services_{table} t")
            stored += cursor.fetchone()[0]
    assert [mark for mark in (TEXT, NAME, PHONE, "记号丙", "记号丁") if mark in stored] == []
    for page in (url, f"{url}history/", "/c/kuocang/requests/"):
        words = client.get(page).content.decode()
        assert "记号" not in words, page
        assert str(complaint.uuid) not in words
    assert "共 0 条" in client.get("/c/kuocang/requests/?q=记号").content.decode()
    assert tracked().state == "待受理"


def test_only_what_is_in_triage_is_handed_over_and_by_whom_it_is_open(house, cast, request_about_staff):
    request = request_about_staff
    take_step(request, "assign", by=cast["staff"], changes={"owner": cast["staff"], "category": "other"})
    with pytest.raises(StepRefused):
        hand_over(request=request, by=cast["staff"], posted=[], typed="")
    arguments = [request.pk, uuid.uuid4(), b"", [], "", 1, timezone.now(), False, "", uuid.uuid4(), b""]
    arguments += [uuid.uuid4(), b"", "", cast["staff"].pk, "x"]
    sql = (
        f"SELECT services_hand_over_complaint({', '.join(['%s'] * 3)}, %s::text[], {', '.join(['%s'] * 12)})"
    )
    place = {"communities": [house.kuocang.id], "write": [house.kuocang.id]}
    for right in ("requests", "tasks"):  # not in the state, and without the right besides
        refused = pytest.raises(ProgrammingError, match="not handed over")
        with refused, transaction.atomic(), scope(APP, **place, rights=[right]):
            connection.cursor().execute(sql, arguments)


def test_the_files_of_a_request_go_along(house, cast, client, request_about_staff):
    from portal.attachments.models import Attachment

    Attachment.objects.create(
        community_id=house.kuocang.id,
        user_id=cast["staff"].pk,
        subject="services.Request",
        row_id=request_about_staff.pk,
        name="记号戊.jpg",
        stored="attachments/x.jpg",
        size=1,
        digest="x",
    )
    with scope(
        APP,
        user_id=cast["staff"].pk,
        write=[house.kuocang.id],
        **Access.of(cast["staff"]).scope_arguments(APP),
    ):
        hand_over(
            request=request_about_staff, by=cast["staff"], posted=[Posted("staff", "staff某")], typed=""
        )
    complaint = StaffComplaint.objects.get(code_hash=code_hash(CODE))
    file = Attachment.objects.get(stored="attachments/x.jpg")
    assert (file.subject, file.row_id) == ("services.StaffComplaint", complaint.pk)
    assert re.fullmatch(r"附件\d+\.jpg", file.name)
    client.force_login(cast["staff"])
    assert (
        "记号戊"
        not in client.get(f"/c/kuocang/requests/{request_about_staff.uuid}/history/").content.decode()
    )
    client.force_login(cast["supervisor"])
    assert file.name in client.get(f"/c/kuocang/complaints/{complaint.uuid}/").content.decode()


# The street


def test_the_street_answers_what_is_about_both(house, cast):
    complaint = complain(house.kuocang, "supervisor", "director")
    with scope(
        STREET,
        user_id=cast["street"].pk,
        **Access.of(cast["street"]).scope_arguments(STREET),
        write=[house.kuocang.id],
    ):
        item = Forwarded.objects.get(source_uuid=complaint.uuid)
        fields = dict(item.read()["fields"])
        assert fields["反映内容"] == TEXT
        with pytest.raises(ProgrammingError), transaction.atomic():
            StaffComplaint.objects.exists()
        answer_forwarded(forwarded=item, text="街道已约谈", by=cast["street"])
    complaint.refresh_from_db()
    assert complaint.state == "answered"
    case = tracked()
    assert "街道已约谈" in repr(case)
    act("dissatisfied", "没有下文")
    complaint.refresh_from_db()
    assert complaint.state == "at_street"
    again = Forwarded.objects.exclude(pk=item.pk).get(source_uuid=complaint.uuid)
    assert again.read()["fields"] == [["补充", "没有下文"]]


# Numbers, to-do


def test_numbers_count_them_for_whoever_sees_the_community(house, cast, today):
    before = StaffComplaint.objects.count()
    for number in range(3):
        complain(house.kuocang, "staff", code=f"2345678{number + 2}ABCD")
    arguments = Access.of(cast["staff"]).scope_arguments(APP)
    with scope(APP, user_id=cast["staff"].pk, **arguments):
        assert StaffComplaint.objects.count() == 0
        assert complaints_count(house.kuocang, today, today) == 3
        hidden = hidden_requests(house.kuocang, today, today)
        assert "另有3件由居务监督委员会办理" in map(str, hidden)
        assert complaints_count(house.beizheng, today, today) == 0
    assert StaffComplaint.objects.count() == before + 3


def test_a_complaint_is_due_for_its_readers_and_falls_to_them_when_its_owner_leaves(house, cast):
    from services.complaints.hooks import complaints_due

    def titles(name: str) -> list[str]:
        access = Access.of(cast[name])
        return [due.title for due in complaints_due(access, access.communities, timezone.localdate())]

    StaffComplaint.objects.all().update(ended_at=timezone.now(), state="silent")
    complaint = complain(house.kuocang, "staff")
    assert titles("supervisor2") == ["反映件待受理 1件"]
    assert titles("director") == titles("staff") == []
    supervisor = cast["supervisor"]
    take_step(complaint, "take", by=supervisor, changes={"owner": supervisor})
    assert titles("supervisor2") == []
    (own,) = titles("supervisor")
    assert TEXT not in own
    supervisor.assignments.update(ended_at=timezone.now())
    assert titles("supervisor2") == ["承办人已离岗的反映件 1件"]


def test_a_supervisor_works_on_one_by_the_pages(house, cast):
    complaint = complain(house.kuocang, "staff")
    client = Client()
    client.force_login(cast["supervisor"])
    url = f"/c/kuocang/complaints/{complaint.uuid}/"
    assert client.get(url).content.decode().count(TEXT) == 1  # nowhere but among the words of the course
    assert client.post(f"{url}steps/take/", {"seen": "1"}).status_code == 302
    empty = client.post(f"{url}steps/answer/", {"seen": "2", "text": ""})
    assert empty.status_code == 422
    assert client.post(f"{url}steps/answer/", {"seen": "2", "text": "已处理"}).status_code == 302
    found = client.get("/c/kuocang/complaints/?q=记号甲").content.decode()
    assert f"{complaint.year}-{complaint.number:04}" in found
    assert complaint.facts["text"] not in client.get("/c/kuocang/complaints/?q=没有的词").content.decode()
