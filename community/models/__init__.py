"""Where, who, with what: the nouns every app above may import."""

from community.models.bulletin import AidRecipient, Bulletin, BulletinBoard, BulletinEditor, BulletinVersion
from community.models.community import Community, Honour, ServiceHours, Venue
from community.models.medium import Medium
from community.models.person import Person
from community.models.posting import BulletinFile, BulletinPhoto
from community.models.reading import BulletinReading, BulletinRemark, RemarkAnswer
from community.models.street import Street
from community.models.territory import Area, Building, HeadAppointment, Stairwell
from community.models.unit import Unit
from community.models.user import RoleAssignment, SetupLink, User

__all__ = [
    "AidRecipient",
    "Area",
    "Building",
    "Bulletin",
    "BulletinBoard",
    "BulletinEditor",
    "BulletinFile",
    "BulletinPhoto",
    "BulletinReading",
    "BulletinRemark",
    "BulletinVersion",
    "Community",
    "HeadAppointment",
    "Honour",
    "Medium",
    "Person",
    "RemarkAnswer",
    "RoleAssignment",
    "ServiceHours",
    "SetupLink",
    "Stairwell",
    "Street",
    "Unit",
    "User",
    "Venue",
]
