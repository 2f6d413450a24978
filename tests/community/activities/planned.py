"""Activities, people and clients for the tests of what stands on activities."""

import datetime

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.activities.models import Activity, Attendance
from community.people.models import Person


def url_of(name: str, **kwargs) -> str:
    return reverse(f"community:{name}", kwargs={"community": "kuocang", **kwargs})


def make_person(house, name: str, **fields) -> Person:
    return Person.objects.create(community=house.kuocang, name=name, name_key=name, **fields)


def make_activity(house, *, days: int = -1, **fields) -> Activity:
    """An activity that begins some days from now, at this time of the day."""
    values = {"kind": "meeting", "title": "安全工作会议", "body": house.committee} | fields
    values.setdefault("starts_at", timezone.now() + datetime.timedelta(days=days))
    return Activity.objects.create(community=house.kuocang, **values)


def expect(activity: Activity, *people: Person, **fields) -> list[Attendance]:
    return [
        Attendance.objects.create(
            community_id=activity.community_id, activity=activity, person=person, **fields
        )
        for person in people
    ]


def client_of(cast, name: str) -> Client:
    client = Client()
    client.force_login(cast[name])
    return client
