"""Phones of party members: what the database role sees, check-ins sent once, slips of a branch, one phone for two roles."""

import datetime
import io
import time
import uuid

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from community.accounts.models import RoleAssignment, User
from community.activities.models import Activity, Attendance
from community.people.models import Person
from community.phones.models import Phone
from partybuilding.duties.models import DutyCheckIn, DutyClaim, DutyPost
from partybuilding.member_phone.holders import holders_of, issue_member_slip
from partybuilding.member_phone.own_rows import own_activities, own_duties, own_memberships
from partybuilding.members.models import DuesMonth, DuesPayment, Member
from portal.access.db_scope import MEMBER, scope
from portal.access.user_access import Access
from portal.attachments.models import Attachment
from portal.attachments.store import attachments_of
from tests.imports import run_jobs
from tests.partybuilding.member_phone.members import add_member, add_post, days_ago

pytestmark = pytest.mark.django_db

LIST = "/c/kuocang/member-phones/"
CHECK_IN = "/m/check-in/"
PIN = "739205"


@pytest.fixture
def own(house, cast):
    return add_member(house, "李党员", house.branch, cast["member"])


@pytest.fixture
def other(house, cast):
    return add_member(house, "王党员", house.branch2, cast["member2"])


@pytest.fixture
def post(house, own):
    return add_post(house, own, "东门1号桶")


@pytest.fixture
def other_post(house, other):
    return add_post(house, other, "西门2号桶")


@pytest.fixture
def phone(client, cast):
    client.force_login(cast["member"])
    return client


def in_scope_of(user: User):
    access = Access.of(user)
    return scope(MEMBER, user_id=user.pk, **access.scope_arguments(MEMBER))


def photo() -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(content, "JPEG")
    content.seek(0)
    content.name = "a.jpg"
    return content


def send(client, post: DutyPost, **data):
    return client.post(
        CHECK_IN, {"post": post.uuid, "token": uuid.uuid4(), **data}, headers={"HX-Request": "true"}
    )


# The second lock


def test_another_persons_rows_are_invisible_to_the_database_role(house, cast, own, other, post, other_post):
    for member, at in ((own, post), (other, other_post)):
        now = timezone.now()
        DutyCheckIn.objects.create(community=house.kuocang, post=at, person=member.person, at=now)
    with in_scope_of(cast["member"]):
        assert [duty.post for duty in own_duties()] == [post.uuid]
        assert set(DutyCheckIn.objects.values_list("person_id", flat=True)) == {own.person_id}
        assert [membership.name for membership in own_memberships()] == ["李党员"]
    with in_scope_of(cast["member2"]):
        assert [duty.post for duty in own_duties()] == [other_post.uuid]


@pytest.mark.parametrize("model", [DutyPost, DutyClaim, Member, Person, DuesMonth, Activity, Attendance])
def test_the_database_role_has_no_right_to_the_tables(cast, own, model):
    with (
        in_scope_of(cast["member"]),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        model.objects.count()


def test_nobodys_rows_without_a_person(cast, house):
    """The account of the cast has no person; the settings alone decide."""
    with in_scope_of(cast["member"]):
        assert own_duties() == []
        assert DutyCheckIn.objects.count() == 0


def test_the_database_refuses_a_check_in_at_anothers_post(cast, own, other_post):
    with in_scope_of(cast["member"]), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM partybuilding_check_in(%s, now(), '', %s)", [other_post.uuid, uuid.uuid4()]
        )
        assert cursor.fetchone() == (0,)


def test_a_photo_goes_with_the_own_check_in_only(house, cast, own, other, other_post):
    foreign = DutyCheckIn.objects.create(
        community=house.kuocang,
        post=other_post,
        person=other.person,
        at=timezone.now(),
        sent_by=cast["member2"],
    )
    values = {"community_id": house.kuocang.pk, "subject": DutyCheckIn.stored_label, "row_id": foreign.pk}
    attachment = Attachment(user_id=cast["member"].pk, name="a.jpg", stored="x", size=1, digest="x", **values)
    with (
        in_scope_of(cast["member"]),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        attachment.save()


# The page


def test_page_shows_posts_study_and_dues(phone, house, own, post, other_post):
    own.dues_from = days_ago(0).replace(day=1) - datetime.timedelta(days=100)
    own.dues_from = own.dues_from.replace(day=1)
    own.save()
    payment = DuesPayment.objects.create(community=house.kuocang, member=own, amount=3, period="一个月")
    DuesMonth.objects.create(
        community=house.kuocang, member=own, payment=payment, month=own.dues_from, amount=3
    )
    soon = timezone.now() + datetime.timedelta(days=3)
    study = Activity.objects.create(community=house.kuocang, kind="other", title="主题党日", starts_at=soon)
    Attendance.objects.create(community=house.kuocang, activity=study, person=own.person)
    with in_scope_of(User.objects.get(username="member")):
        assert [activity.title for activity in own_activities()] == ["主题党日"]
        (membership,) = own_memberships()
    owed = (days_ago(0).year - own.dues_from.year) * 12 + days_ago(0).month - own.dues_from.month
    assert membership.unpaid == owed - 1
    text = phone.get("/m/").content.decode()
    assert "东门1号桶" in text
    assert "西门2号桶" not in text
    assert "主题党日" in text
    assert "第一党支部" in text
    assert f"{owed - 1}个月" in text


def test_page_of_a_member_who_left_shows_nothing(phone, own, post):
    own.state, own.ended_on, own.ended_because = "ended", days_ago(0), "transferred"
    own.save()
    text = phone.get("/m/").content.decode()
    assert "没有查到您的党员登记" in text
    assert "东门1号桶" not in text
    assert send(phone, post).status_code == 422
    assert not DutyCheckIn.objects.filter(post=post)


def test_check_in_with_photo_and_note(phone, house, cast, own, post):
    answer = send(phone, post, note="桶满了", photos=[photo()])
    assert answer.status_code == 200
    assert "今天已签到" in answer.content.decode()
    row = DutyCheckIn.objects.get(post=post)
    assert (row.person, row.sent_by, row.note) == (own.person, cast["member"], "桶满了")
    (attached,) = attachments_of(row)
    assert attached.user_id == cast["member"].pk
    assert row.events.filter(pgh_label="insert").count() == 1


def test_a_photo_that_cannot_be_opened_does_not_cost_the_check_in(phone, post):
    broken = io.BytesIO(b"\xff\xd8\xffnothing")
    broken.name = "a.jpg"
    answer = send(phone, post, photos=[broken])
    assert answer.status_code == 200
    assert "已签到，照片没有保存" in answer.content.decode()
    assert not attachments_of(DutyCheckIn.objects.get(post=post))


def test_sent_twice_is_one_check_in(phone, post):
    token = uuid.uuid4()
    assert send(phone, post, token=token).status_code == 200
    again = send(phone, post, token=token)
    assert "已经收到" in again.content.decode()
    assert DutyCheckIn.objects.filter(post=post).count() == 1


def test_check_in_sent_later_has_the_time_of_the_tap(phone, post):
    tapped = timezone.now() - datetime.timedelta(days=2)
    send(phone, post, at=tapped.isoformat())
    old, future = tapped - datetime.timedelta(days=9), timezone.now() + datetime.timedelta(days=1)
    for wrong in (old.isoformat(), future.isoformat(), "yesterday"):
        send(phone, post, at=wrong)
    times = sorted(DutyCheckIn.objects.filter(post=post).values_list("at", flat=True))
    assert times[0] == tapped
    assert all(timezone.now() - at < datetime.timedelta(minutes=1) for at in times[1:])


def test_check_in_without_script_leads_back(phone, post):
    answer = phone.post(CHECK_IN, {"post": post.uuid, "token": uuid.uuid4()}, follow=True)
    assert answer.redirect_chain == [("/m/", 302)]
    assert "已签到" in answer.content.decode()
    assert phone.get(CHECK_IN)["Location"] == "/m/"


# Slips and phones


def confirmed(client, user):
    client.force_login(user)
    session = client.session
    session["password_at"] = int(time.time())
    session.save()
    return client


def bind(house, cast, member: Member) -> Client:
    holders = holders_of(Access.of(cast["party"]), house.kuocang.ref)
    holder = next(each for each in holders if each.member == member)
    slip = issue_member_slip(holder=holder, community=house.kuocang, by=cast["party"])
    phone = Client(headers={"user-agent": "Mobile"})
    answer = phone.post(f"/accounts/phone/bind/{slip.token}/", {"pin": PIN, "again": PIN})
    assert answer.status_code == 302
    phone.start = answer["Location"]
    return phone


def test_a_bound_phone_opens_the_duties_and_nothing_of_the_desk(house, cast, own, post):
    phone = bind(house, cast, own)
    assert phone.start == "/m/"
    assert phone.get("/m/").status_code == 200
    assert phone.get("/head/").status_code == 403
    assert phone.get("/c/kuocang/").status_code == 403
    del phone.cookies["liren"]
    assert phone.get("/m/")["Location"] == "/accounts/phone/?next=/m/"
    assert phone.post("/accounts/phone/", {"pin": PIN, "next": "/m/"})["Location"] == "/m/"


def test_one_phone_for_head_and_member(house, cast, own, post):
    role = {"role": "head", "community": house.kuocang, "stairwell": house.second}
    RoleAssignment.objects.create(user=cast["member"], start=days_ago(9), **role)
    phone = bind(house, cast, own)
    assert phone.start == "/head/"
    assert "我的岗位" in phone.get("/head/", follow=True).content.decode()
    assert "我的楼道" in phone.get("/m/").content.decode()


def test_role_of_another_branch_ends_with_the_slip_of_the_new_one(house, cast, own):
    own.branch = house.branch2
    own.save()
    bind(house, cast, own)
    current = RoleAssignment.objects.filter(user=cast["member"], role="member").not_over()
    assert [role.body for role in current] == [house.branch2]


def test_slips_of_a_branch_are_one_file_and_make_the_accounts(client, house, cast, own, other):
    party = confirmed(client, cast["party"])
    new = add_member(house, "赵党员", house.branch)
    lost = add_member(house, "钱党员", house.branch)
    lost.state, lost.lost_since = "lost", days_ago(300)
    lost.save()
    page = party.get(f"{LIST}slips/?branch={house.branch.uuid}").content.decode()
    assert "钱党员（失联）" in page
    keys = [own.pk, new.pk]
    answer = party.post(f"{LIST}slips/", {"row": keys, "token": uuid.uuid4()})
    assert answer["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "赵党员" in text
    assert "member某" in text
    assert "王党员" not in text
    user = User.objects.get(person=new.person)
    assert [(role.role, role.body) for role in user.assignments.all()] == [("member", house.branch)]
    assert Phone.objects.filter(user=user).printed().count() == 1


def test_many_slips_are_a_file_of_a_job(client, house, cast, own, other, monkeypatch):
    monkeypatch.setattr("partybuilding.member_phone.views.AT_ONCE", 1)
    party = confirmed(client, cast["party"])
    answer = party.post(f"{LIST}slips/", {"row": [own.pk, other.pk], "token": uuid.uuid4()})
    assert "/jobs/" in answer.url
    assert not Phone.objects.filter(user__in=[cast["member"], cast["member2"]])
    other.state, other.lost_since = "lost", days_ago(1)
    other.save()
    run_jobs()
    assert party.get(answer.url).url == f"{answer.url}file/"
    content = party.post(f"{answer.url}file/").content
    assert "member某" in "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert [phone.user for phone in Phone.objects.all()] == [cast["member"]]
    party.force_login(cast["branch"])
    assert party.post(f"{answer.url}file/").status_code == 404


def test_secretary_prints_no_slip_for_another_branch_nor_for_a_head(client, house, cast, own, other):
    role = {"role": "head", "community": house.kuocang, "stairwell": house.second}
    RoleAssignment.objects.create(user=cast["member"], start=days_ago(9), **role)
    secretary = confirmed(client, cast["branch"])
    text = secretary.get(LIST).content.decode()
    assert "王党员" not in text
    assert "任楼道长" in text
    for row in (own.pk, other.pk):
        answer = secretary.post(f"{LIST}slips/", {"row": row, "token": uuid.uuid4()})
        assert answer.status_code == 302
    assert not Phone.objects.filter(user__in=[cast["member"], cast["member2"]])


def test_secretary_ends_a_phone_of_the_own_branch_only(client, house, cast, own, other):
    for member in (own, other):
        bind(house, cast, member)
    client.force_login(cast["branch"])
    mine, theirs = (Phone.objects.bound().get(user=cast[name]) for name in ("member", "member2"))
    assert client.post(f"{LIST}{theirs.pk}/end/").status_code == 404
    client.post(f"{LIST}{mine.pk}/end/")
    assert not Phone.objects.bound().filter(pk=mine.pk)
