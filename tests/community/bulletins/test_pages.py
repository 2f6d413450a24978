"""Bulletin pages of the committee: drafting, aid list, review and approval."""

import uuid

import pytest
from django.urls import reverse

from community.bulletins.actions import workflow as actions
from community.bulletins.actions.workflow import BoardEdit
from community.bulletins.models.bulletin import AidRecipient, Bulletin, BulletinVersion
from community.bulletins.tasks import publish_bulletin
from portal.jobs.models import Job
from tests.community.bulletins.drafting import MONTH, TEXTS, make_people, mark, review, write_draft

pytestmark = pytest.mark.django_db
State = Bulletin.State


def url(name: str, **kwargs) -> str:
    return reverse(f"community:bulletin_{name}", kwargs={"community": "kuocang", **kwargs})


@pytest.fixture
def sign_in(client, cast):
    def sign_in(name: str):
        client.force_login(cast[name])
        return client

    return sign_in


@pytest.fixture
def draft(house, cast) -> Bulletin:
    return write_draft(house.kuocang, cast["staff"])


def boards(versions=2, **texts) -> dict:
    """Form data of the editing page."""
    return {**TEXTS, **texts, **{f"{kind}_version": versions for kind in TEXTS}}


def decision(bulletin: Bulletin, **data) -> dict:
    bulletin.refresh_from_db()
    return {"seen": bulletin.version, "token": str(uuid.uuid4()), "remark": "", **data}


def test_starting_a_month_twice_leads_to_the_same_draft(house, sign_in):
    staff = sign_in("staff")
    assert "起草2026年10月公开" in staff.get(url("list")).content.decode()
    first = staff.post(url("start"), {"month": "2026-10"})
    assert first.url == url("edit", month=MONTH)
    second = staff.post(url("start"), {"month": "2026-10"}, follow=True)
    assert "2026年10月公开已经起草。" in second.content.decode()
    assert Bulletin.objects.count() == 1


@pytest.mark.parametrize("month", ["", "2026-13", "2999-01"])
def test_invalid_month_is_refused(sign_in, month):
    answer = sign_in("staff").post(url("start"), {"month": month}, follow=True)
    assert answer.redirect_chain == [(url("list"), 302)]
    assert "alert-danger" in answer.content.decode()
    assert not Bulletin.objects.exists()


def test_saved_boards_appear_in_the_preview(draft, sign_in):
    staff = sign_in("staff")
    answer = staff.post(url("edit", month=MONTH), boards(party="第一段\r\n第二段"), follow=True)
    assert answer.redirect_chain == [(url("detail", month=MONTH), 302)]
    assert "<p>第一段</p>\n<p>第二段</p>" in answer.content.decode()


def test_edit_conflict_shows_both_texts(draft, cast, sign_in):
    actions.save_boards(bulletin=draft, edits=[BoardEdit("party", "同事的文字", version=2)], by=cast["civil"])
    answer = sign_in("staff").post(url("edit", month=MONTH), boards(party="我的文字", financial="我的账"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "同事的文字" in page
    assert "我的文字" in page
    assert "我的账" in page
    assert draft.boards.get(kind="party").text == "同事的文字"
    assert draft.boards.get(kind="financial").text == TEXTS["financial"]
    # The page carries the version that was seen now, so that the merged text can be saved.
    assert 'name="party_version" value="3"' in page


def test_unsaved_text_is_shown_after_submission_by_another_editor(draft, cast, sign_in):
    actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    answer = sign_in("civil").post(url("edit", month=MONTH), boards(party="来不及保存的文字"))
    assert answer.status_code == 422
    assert "来不及保存的文字" in answer.content.decode()
    assert draft.boards.get(kind="party").text == TEXTS["party"]


@pytest.mark.parametrize("words", ["赵秀英", "zhaoxiuying", "zxy", "赵 105"])
def test_aid_recipient_is_found_and_added_once(house, draft, sign_in, words):
    people = make_people(house.kuocang)
    staff = sign_in("staff")
    page_text = staff.get(url("aid", month=MONTH), {"q": words}).content.decode()
    assert str(people[4].uuid) in page_text
    assert str(people[0].uuid) not in page_text
    data = {
        "person": people[4].uuid,
        "aid": "临时救助",
        "amount": "800",
        "token": str(uuid.uuid4()),
        "q": words,
    }
    for _ in range(2):
        assert staff.post(url("aid", month=MONTH), data).status_code == 302
    assert AidRecipient.objects.get().person == people[4]
    page = staff.get(url("aid", month=MONTH)).content.decode()
    assert "赵秀英" in page
    recipient = AidRecipient.objects.get()
    staff.post(url("aid_remove", month=MONTH, recipient=recipient.uuid))
    assert not AidRecipient.objects.exists()


def test_person_of_another_community_cannot_be_added_to_the_aid_list(house, draft, sign_in):
    foreign = make_people(house.beizheng)[0]
    staff = sign_in("staff")
    assert "没有找到" in staff.get(url("aid", month=MONTH), {"q": "张建国"}).content.decode()
    data = {"person": foreign.uuid, "aid": "慰问金", "amount": "1", "token": str(uuid.uuid4())}
    answer = staff.post(url("aid", month=MONTH), data)
    assert answer.status_code == 422
    assert "台账中没有这个人" in answer.content.decode()
    assert not AidRecipient.objects.exists()


def test_invalid_aid_form_keeps_input(house, draft, sign_in):
    person = make_people(house.kuocang)[0]
    data = {"person": person.uuid, "aid": "慰问金", "amount": "五百", "token": str(uuid.uuid4()), "q": "张"}
    page = sign_in("staff").post(url("aid", month=MONTH), data).content.decode()
    assert "金额应为数字" in page
    assert 'value="五百"' in page
    assert 'value="慰问金"' in page
    assert " checked" in page


def test_returning_without_a_remark_is_refused(draft, cast, sign_in):
    actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    supervisor = sign_in("supervisor")
    refused = supervisor.post(url("review", month=MONTH), decision(draft, decision="return"))
    assert refused.status_code == 422
    assert "退回时请写明意见" in refused.content.decode()
    supervisor.post(url("review", month=MONTH), decision(draft, decision="return", remark="财务请列明细"))
    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert "财务请列明细" in sign_in("staff").get(url("detail", month=MONTH)).content.decode()


def test_agreeing_is_idempotent(draft, cast, sign_in):
    mark(actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"]), cast["supervisor2"])
    supervisor = sign_in("supervisor")
    data = decision(draft, decision="agree")
    for _ in range(2):
        assert supervisor.post(url("review", month=MONTH), data).url == url("detail", month=MONTH)
    draft.refresh_from_db()
    assert draft.state == State.AGREED


def test_agreeing_to_an_outdated_version_is_refused(draft, cast, sign_in):
    actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    data = decision(draft, decision="agree") | {"seen": draft.version - 1}
    answer = sign_in("supervisor").post(url("review", month=MONTH), data)
    assert answer.status_code == 422
    assert "请重新阅看" in answer.content.decode()


def test_approval_queues_one_publishing_job(house, draft, cast, sign_in, quick_pdf):
    review(draft, cast)
    director = sign_in("director")
    data = decision(draft, decision="publish")
    first, second = (director.post(url("approve", month=MONTH), data) for _ in range(2))
    job = Job.objects.get()
    assert (
        first.url
        == second.url
        == reverse("portal:job_detail", kwargs={"community": "kuocang", "job": job.uuid})
    )
    arguments = {
        "community_id": house.kuocang.id,
        "user_id": cast["director"].id,
        "bulletin_id": draft.pk,
        "seen": data["seen"],
    }
    publish_bulletin(job_id=job.pk, **arguments)
    job.refresh_from_db()
    assert (job.state, job.result_url) == (Job.State.DONE, url("detail", month=MONTH))
    version = BulletinVersion.objects.get()
    page = director.get(url("detail", month=MONTH)).content.decode()
    assert version.sha256 in page
    assert "批准并公开" not in page
    # The queue may run a job again; nothing is published twice.
    second_job = Job.objects.create(community_id=house.kuocang.id, user_id=cast["director"].id, title="再次")
    publish_bulletin(job_id=second_job.pk, **arguments)
    second_job.refresh_from_db()
    assert (second_job.state, "已公开" in second_job.message) == (Job.State.FAILED, True)
    assert BulletinVersion.objects.count() == 1


def test_editing_director_cannot_approve_on_the_page(house, cast, sign_in):
    bulletin = review(write_draft(house.kuocang, cast["director"]), cast)
    director = sign_in("director")
    page = director.get(url("detail", month=MONTH)).content.decode()
    assert "须由没有参与编辑的人批准" in page
    assert "批准并公开" not in page
    answer = director.post(url("approve", month=MONTH), decision(bulletin, decision="publish"))
    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_director_returns_an_agreed_bulletin(draft, cast, sign_in):
    review(draft, cast)
    data = decision(draft, decision="return", remark="党务请补充")
    sign_in("director").post(url("approve", month=MONTH), data)
    draft.refresh_from_db()
    assert (draft.state, draft.remark) == (State.DRAFT, "党务请补充")


WRITING = (
    "start",
    "edit",
    "aid",
    "submit",
    "review",
    "approve",
    "waive",
    "correct",
    "correct_drop",
    "recompute",
)
DRAFTING = {"start", "edit", "aid", "submit", "correct", "correct_drop", "recompute"}
MAY = {
    "staff": DRAFTING,
    "director": {*DRAFTING, "approve", "waive"},
    "supervisor": {"review"},
    "finance": set(),
}


@pytest.mark.parametrize("name", MAY)
def test_workflow_steps_require_their_role(draft, sign_in, name):
    member = sign_in(name)
    for step in WRITING:
        where = url(step) if step == "start" else url(step, month=MONTH)
        refused = member.post(where, {}).status_code == 403
        assert refused == (step not in MAY[name]), step


def test_viewing_requires_the_bulletin_view_permission(draft, sign_in):
    expected = {"staff": 200, "director": 200, "supervisor": 200, "civil": 200, "finance": 403, "head": 404}
    for name, status in expected.items():
        assert sign_in(name).get(url("detail", month=MONTH)).status_code == status, name
        assert sign_in(name).get(url("list")).status_code == status, name


def test_month_without_bulletin_is_404(draft, sign_in):
    assert sign_in("staff").get("/c/kuocang/bulletins/2026-09/").status_code == 404
    assert sign_in("staff").get("/c/kuocang/bulletins/2026-19/").status_code == 404
