"""Complaints for tests, taken in as the public page does, and the marks by which they would be found anywhere."""

from community.objections.tracking_codes import code_hash
from portal.access.db_scope import PUBLIC, scope
from services.complaints.actions import Words, file_complaint
from services.complaints.models import StaffComplaint
from services.complaints.people import posted_staff

TEXT = "窗口人员态度恶劣记号甲"
NAME = "记号乙"
PHONE = "13912345678"


def complain(
    community, *about: str, typed: str = "", code: str = "23456789ABCD", text: str = TEXT
) -> StaffComplaint:
    """A complaint about the holders of posts with these user names, as anybody sends it."""
    names = {f"{name}某" for name in about}
    with scope(PUBLIC):
        posted = [each for each in posted_staff(community.id) if each.name in names]
        assert len(posted) >= len(names)
        file_complaint(community=community, words=Words(text, NAME, PHONE, posted, typed), code=code)
    return StaffComplaint.objects.get(code_hash=code_hash(code))
