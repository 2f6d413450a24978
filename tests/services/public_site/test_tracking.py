"""What a tracking code opens, and what its holder may do."""

import datetime
import re

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from community.objections.tracking_codes import code_hash, format_code, new_code
from portal.access.db_scope import APP, PUBLIC, scope
from portal.access.permissions import Permission
from portal.cases.actions import take_step
from portal.forms.refusals import Refusal
from portal.handover.models import Handover
from services.public_site import actions
from services.public_site.actions import step_by_code
from services.public_site.queries import ACT_STEPS, STATE_WORDS, STEP_WORDS
from services.requests.actions import assign, take_request
from services.requests.course import COURSE
from services.requests.models import Request

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 6, 15, 2, tzinfo=datetime.UTC)
EARLIER = NOW - datetime.timedelta(days=11)
BY_CODE = [step for step in COURSE.steps if step.by_code]
ACT_OF = {name: act for act, names in ACT_STEPS.items() for name in names}
STATES = [state.value for state in COURSE.states]


def make(house, cast, state: str = "in_hand", code: str = "") -> tuple[Request, str]:
    """A request that came to this state by steps, as far as steps are needed to tell what a code may do."""
    code = code or new_code()
    request = take_request(
        by=cast["staff"],
        community_id=house.kuocang.id,
        channel="phone",
        text="楼下路灯不亮，找洪先生",
        code=code,
        name="洪先生",
        phone="13800138000",
        place="3幢1单元101室",
        at=EARLIER,
    )
    if state not in ("new", "suspected"):
        assign(request=request, by=cast["staff"], owner=cast["staff"], category="repair", at=EARLIER)
    if state == "waiting":
        later = EARLIER + datetime.timedelta(days=2)
        take_step(request, "ask", by=cast["staff"], text="请说明是哪一盏", at=later)
    elif state == "answered":
        take_step(
            request, "answer", by=cast["staff"], text="已修好", changes={"outcome": "solved"}, at=EARLIER
        )
    elif state != request.state:
        Request.objects.filter(pk=request.pk).update(state=state)
    request.refresh_from_db()
    return request, code


def by_code(code: str, act: str, text: str = "", at=NOW) -> None:
    with scope(PUBLIC):
        step_by_code(code_hash(code), act, text, at=at)


def test_page_shows_public_replies_and_nothing_that_residents_wrote(house, cast, look):
    request, code = make(house, cast, "waiting")
    take_step(request, "note", by=cast["staff"], text="内部：洪先生脾气急", at=NOW)
    by_code(code, "add", "是13800138000号旁边那盏")
    status, page = look(format_code(code))
    assert status == 200
    for words in ("请说明是哪一盏", "您补充了情况", f"第{request.number}号诉求", "办理中"):
        assert words in page
    for words in ("洪先生", "13800138000", "101室", "路灯", "脾气", cast["staff"].name):
        assert words not in page


@pytest.mark.parametrize("typed", ["{0}", " {1} ", "{2}", "{3}", "https://x/track/#{1}"])
def test_a_mistyped_code_is_understood(house, cast, look, typed):
    code = "Q7D5JKMNPRT2"
    make(house, cast, code=code)
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in code)
    typed = typed.format(code.lower(), format_code(code).replace("-", " "), full_width, "O7OSIKMNPRT2")
    assert look(typed)[0] == 200


def test_a_wrong_and_an_expired_code_are_answered_alike(house, cast, look):
    request, code = make(house, cast, "satisfied")
    long_ago = timezone.now() - datetime.timedelta(days=366)
    Request.objects.filter(pk=request.pk).update(ended_at=long_ago)
    (wrong, wrong_page), (expired, expired_page) = look(new_code()), look(code)
    assert wrong == expired == 404
    assert "没有找到这个查询码，或已经过期" in wrong_page
    assert len(wrong_page) == len(expired_page)


def test_looks_and_acts_are_limited(house, cast, look, monkeypatch):
    monkeypatch.setattr("community.public_pages.views.LOOKS_AN_HOUR", 2)
    _, code = make(house, cast)
    assert [look(code)[0], look(code, "add", "还是不亮")[0], look(code)[0]] == [200, 200, 429]


def values(request: Request) -> dict:
    fields = {f.attname: getattr(request, f.attname) for f in Request._meta.concrete_fields}
    return {name: fields[name] for name in fields.keys() - {"id", "uuid", "number", "code_hash"}}


@pytest.mark.parametrize(
    ("state", "name"), [(state, step.name) for step in BY_CODE for state in step.sources]
)
def test_a_step_by_code_is_the_step_as_the_office_takes_it(house, cast, state, name):
    (request, code), (other, _) = make(house, cast, state), make(house, cast, state)
    by_code(code, ACT_OF[name], "因为")
    changes = {
        "satisfied": {"rating": "satisfied"},
        "dissatisfied": {"rating": "dissatisfied", "dissatisfied": 1},
    }
    take_step(other, name, by=None, text="因为", changes=changes.get(name), at=NOW)
    request.refresh_from_db()
    other.refresh_from_db()
    assert values(request) == values(other)
    steps = [case.steps.latest("number") for case in (request, other)]
    for field in (
        "number",
        "name",
        "before",
        "after",
        "by",
        "at",
        "text",
        "to_resident",
        "details",
        "required_right",
    ):
        assert getattr(steps[0], field) == getattr(steps[1], field), field


def test_the_clock_is_resumed_and_started_anew(house, cast):
    waiting, code = make(house, cast, "waiting")
    before = waiting.due
    by_code(code, "add", "第三盏")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.paused_on) == ("in_hand", None)
    assert waiting.due > before
    answered, code = make(house, cast, "answered")
    by_code(code, "dissatisfied", "又坏了")
    answered.refresh_from_db()
    assert (answered.state, answered.dissatisfied, answered.clock_days) == ("reopened", 1, 5)
    assert (answered.answered_at, answered.owner) == (None, cast["staff"])


@pytest.mark.parametrize("name", [step.name for step in BY_CODE])
def test_the_database_allows_by_code_what_is_declared_and_nothing_else(house, cast, name):
    taken = set()
    request, code = make(house, cast)
    step = COURSE.by_name[name]
    for state in STATES:
        Request.objects.filter(pk=request.pk).update(state=state)
        with scope(PUBLIC), connection.cursor() as cursor:
            cursor.execute(
                "SELECT services_step_by_code(%s, %s, %s, '', now(), %s::jsonb, '')",
                [code_hash(code), request.version, name, '{"clock_rule": "", "is_provisional": false}'],
            )
            if cursor.fetchone()[0] == "taken":
                taken.add(state)
        request.refresh_from_db()
    assert taken == set(step.sources)


def test_office_steps_are_not_taken_by_code(house, cast):
    _, code = make(house, cast)
    for act in ("answer", "assign", "reject", "satisfied"):
        with pytest.raises(Refusal):
            by_code(code, act)
    with scope(PUBLIC), pytest.raises(ProgrammingError), transaction.atomic():
        Request.objects.update(state="satisfied")


def test_every_public_step_and_state_has_words():
    assert set(STEP_WORDS) <= set(COURSE.by_name)
    assert set(STATE_WORDS) <= set(STATES)
    own = set(COURSE.by_name) - set(STEP_WORDS)
    office = "free restore hand_on note try merge link unlink new_code to_committee listed unlisted"
    portal = "owner_left owner_back calendar"
    assert own == {*office.split(), *portal.split()}


def test_an_act_is_taken_once_and_a_stale_one_is_refused(house, cast, look):
    request, code = make(house, cast, "answered")
    page = look(code)[1]
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    for _ in range(2):
        status, page = look(code, "dissatisfied", "又坏了", token)
        assert (status, "已提交：不满意" in page) == (200, True)
    request.refresh_from_db()
    assert request.dissatisfied == 1
    status, page = look(code, "satisfied")
    assert (status, "不能再提交这一项" in page) == (409, True)
    assert look(code, "answer")[0] == 422
    status, page = look(code, "add", " ")
    assert (status, "请写明要补充的情况" in page) == (422, True)


def test_withdrawing_ends_it_and_tells_where_it_came_from(house, cast, look):
    request, code = make(house, cast)
    Handover.objects.create(
        community_id=house.kuocang.id,
        user_id=cast["staff"].pk,
        subject="residents.Visit",
        row_id=1,
        label="诉求",
        url_name="services:request_detail",
        uuid=request.uuid,
        state="办理中",
        required_right=Permission.TASKS,
    )
    assert look(code, "withdraw")[0] == 200
    request.refresh_from_db()
    assert request.state == "withdrawn"
    assert request.ended_at
    assert Handover.objects.get(uuid=request.uuid).state == "已撤回"
    assert "确认撤回" not in look(code)[1]


def test_a_merged_request_shows_the_course_of_the_other(house, cast, look):
    (request, code), (other, _) = make(house, cast), make(house, cast)
    take_step(request, "merge", by=cast["staff"], changes={"merged_into": other})
    take_step(other, "answer", by=cast["staff"], text="已修好", changes={"outcome": "solved"})
    status, page = look(code)
    assert (status, f"并入{other}一起办理" in page, "已修好" in page) == (200, True, True)
    assert "您可以" not in page
    assert look(code, "satisfied")[0] == 409
    other.refresh_from_db()
    assert other.state == "answered"


@pytest.mark.parametrize(
    ("step", "changes", "state"),
    [("answer", {"outcome": "solved"}, "answered"), ("reply", {}, "withdrawn")],
)
def test_what_the_office_does_at_the_same_moment_is_seen_first(
    house, cast, monkeypatch, step, changes, state
):
    """The office takes a step between reading and writing: the act is tried on the request as it is then."""
    request, code = make(house, cast)
    read, meanwhile = actions.case_by_code, [step]

    def stepped_meanwhile(hashed):
        found = read(hashed)
        while meanwhile:
            rights = ["requests", "requests.decide"]
            here = [house.kuocang.id]
            with scope(APP, communities=here, write=here, rights=rights):
                take_step(request, meanwhile.pop(), by=cast["staff"], text="看过了", changes=changes)
        return found

    monkeypatch.setattr(actions, "case_by_code", stepped_meanwhile)
    with scope(PUBLIC):
        if state == "answered":
            with pytest.raises(Refusal, match="已答复"):
                step_by_code(code_hash(code), "withdraw", "")
        else:
            step_by_code(code_hash(code), "withdraw", "")
    request.refresh_from_db()
    assert request.state == state
    assert list(request.steps.values_list("number", flat=True)) == list(range(1, request.version + 1))
