"""Where, who, with what: the nouns every app above may import."""

from community.models.bulletin import (
    AidRecipient,
    Bulletin,
    BulletinBasis,
    BulletinBoard,
    BulletinEditor,
    BulletinVersion,
)
from community.models.bulletin_review import BulletinCorrection, BulletinMark, DisclosureWaiver
from community.models.community import Community, Honour, ServiceHours, Venue
from community.models.medium import Medium
from community.models.notice import Objection, ObjectionAnswer, PublicNotice
from community.models.person import Person
from community.models.phone import Phone
from community.models.posting import BulletinFile, BulletinPhoto
from community.models.reading import BulletinReading, BulletinRemark, RemarkAnswer
from community.models.rule import DatedRule
from community.models.setup_link import Office, SetupLink
from community.models.street import Street
from community.models.task import Task
from community.models.territory import Area, Building, HeadAppointment, Stairwell
from community.models.unit import Unit
from community.models.user import RoleAssignment, User

__all__ = [
    "AidRecipient",
    "Area",
    "Building",
    "Bulletin",
    "BulletinBasis",
    "BulletinBoard",
    "BulletinCorrection",
    "BulletinEditor",
    "BulletinFile",
    "BulletinMark",
    "BulletinPhoto",
    "BulletinReading",
    "BulletinRemark",
    "BulletinVersion",
    "Community",
    "DatedRule",
    "DisclosureWaiver",
    "HeadAppointment",
    "Honour",
    "Medium",
    "Objection",
    "ObjectionAnswer",
    "Office",
    "Person",
    "Phone",
    "PublicNotice",
    "RemarkAnswer",
    "RoleAssignment",
    "ServiceHours",
    "SetupLink",
    "Stairwell",
    "Street",
    "Task",
    "Unit",
    "User",
    "Venue",
]
