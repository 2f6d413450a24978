"""Check-ins from phones: once by their token, at a time that can be, with a photo that is one."""

import datetime
import io
import uuid

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from PIL import Image

from community.checkins.actions import WrongTime, receive_check_in
from community.checkins.models import CheckInBase
from community.communities.models import CommunityRow
from portal.attachments import store
from portal.attachments.kinds import FileRefused
from portal.attachments.models import Attachment
from portal.forms.refusals import Refusal
from tests.community.activities.planned import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(db):
    """A concrete model of check-ins, with a table for this test."""

    class DoorCheckIn(CheckInBase, CommunityRow):
        stored_label = "community.DoorCheckIn"

        class Meta(CheckInBase.Meta):
            app_label = "community"

    with connection.schema_editor() as editor:
        editor.create_model(DoorCheckIn)
    yield DoorCheckIn
    del apps.all_models["community"]["doorcheckin"]
    apps.clear_cache()


@pytest.fixture
def send(model, house, cast):
    def sending(**fields):
        values = {"by": cast["staff"], "person": house.person, "token": uuid.uuid4(), "at": timezone.now()}
        return receive_check_in(model, community_id=house.kuocang.id, **values | fields)

    return sending


def photo(colour: str = "red") -> bytes:
    content = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where it was taken"
    Image.new("RGB", (40, 30), colour).save(content, "JPEG", exif=exif)
    return content.getvalue()


def test_a_check_in_sent_twice_is_one_row(model, send, house):
    token = uuid.uuid4()
    made = timezone.now() - datetime.timedelta(days=2)
    row, is_new = send(token=token, at=made, note=" 已清扫 ", photo=photo())
    again, is_new_again = send(token=token, at=made, note="已清扫", photo=photo())
    assert (is_new, is_new_again) == (True, False)
    assert row == again
    assert model.objects.count() == 1
    assert (row.at, row.note) == (made, "已清扫")
    assert row.received_at > row.at + datetime.timedelta(days=1)
    assert store.attachments_of(row).count() == 1


def test_the_photo_is_encoded_anew(send):
    row, _ = send(photo=photo())
    content = store.read(store.attachments_of(row).get())
    assert b"where it was taken" not in content
    assert Image.open(io.BytesIO(content)).size == (40, 30)


def test_what_is_no_photo_is_refused_with_the_row(model, send):
    with pytest.raises(FileRefused):
        send(photo=b"%PDF-1.7 no picture")
    assert not model.objects.exists()
    assert not Attachment.objects.filter(subject="community.DoorCheckIn").exists()


@pytest.mark.parametrize(
    ("offset", "sentence"),
    [
        (datetime.timedelta(minutes=6), "晚于现在，请检查手机的日期和时间"),
        (datetime.timedelta(days=-30, minutes=-1), "已超过30天"),
    ],
)
def test_times_that_cannot_be(model, send, offset, sentence):
    with pytest.raises(WrongTime, match=sentence):
        send(at=timezone.now() + offset)
    assert not model.objects.exists()


def test_a_clock_that_is_a_little_fast_is_set_right(send):
    row, _ = send(at=timezone.now() + datetime.timedelta(minutes=4))
    assert row.at == row.received_at
    assert send(at=timezone.now() - datetime.timedelta(days=29, hours=23))[1]


def test_a_token_tells_nobody_of_another_person(send, house):
    token = uuid.uuid4()
    send(token=token)
    with pytest.raises(Refusal, match="没有提交成功"):
        send(token=token, person=make_person(house, "王二"))
