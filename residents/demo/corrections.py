"""A request to put something right (更正申请) in the demo community: open, taken down at the counter."""

import datetime
from collections.abc import Mapping

from community.models import Community, Person, User
from portal.scope import APP, scope
from residents.actions.correction_requests import take_request
from residents.models import CorrectionRequest


def take_corrections(community: Community, users: Mapping[str, User], today: datetime.date) -> None:
    """Somebody with a phone says that theirs has changed; staff took it down nine days ago."""
    own = [community.id]
    with scope(APP, communities=own, write=own, user_id=users["staff"].id):
        person = Person.objects.of(community).exclude(phone="").exclude(place_label="").order_by("id").first()
        take_request(
            by=users["staff"],
            person=person,
            received_on=today - datetime.timedelta(days=9),
            wrong="联系电话是以前的号码，已经停用",
            wanted="登记现在使用的号码，见本人填写的申请表",
            asked_by=CorrectionRequest.By.SELF,
            asker_name="",
            channel=CorrectionRequest.Channel.COUNTER,
        )
