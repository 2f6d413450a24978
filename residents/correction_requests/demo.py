"""Correction request of the demo community (更正申请): open, received at the counter."""

import datetime

from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.people.models import Person
from portal.access.db_scope import APP, scope
from residents.correction_requests.actions import record_request
from residents.correction_requests.models import CorrectionRequest


@demo_part(470, RunFor.SHOWCASE)
def add_correction_request(demo: DemoCommunity) -> None:
    """A changed phone number, received by staff nine days ago."""
    community, users, today = demo.community, demo.users, demo.today
    community_ids = [community.id]
    with scope(APP, communities=community_ids, write=community_ids, user_id=users["staff"].id):
        person = Person.objects.of(community).exclude(phone="").exclude(place_label="").order_by("id").first()
        record_request(
            by=users["staff"],
            person=person,
            received_on=today - datetime.timedelta(days=9),
            wrong="联系电话是以前的号码，已经停用",
            wanted="登记现在使用的号码，见本人填写的申请表",
            asked_by=CorrectionRequest.By.SELF,
            asker_name="",
            channel=CorrectionRequest.Channel.COUNTER,
        )
