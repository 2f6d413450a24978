"""Retention of aid lists and of who edited, reviewed and approved bulletins."""

from django.db.models import F

from community.bulletins.models.bulletin import AidRecipient, Bulletin, BulletinBasis, BulletinEditor
from community.bulletins.models.files import BulletinFile
from community.bulletins.models.reading import BulletinReading, BulletinRemark, RemarkAnswer
from community.bulletins.models.review import BulletinCorrection, BulletinMark, DisclosureWaiver
from portal.access.permissions import Permission as P
from portal.retention.data_categories import DataCategory, Retention, Unlimited, declare

declare(
    DataCategory(
        "救助公示名单",
        (AidRecipient,),
        "每月公开救助情况",
        Retention("公开当月", F("bulletin__month"), years=5),
        right=P.BULLETIN_VIEW,
    )
)
declare(
    DataCategory(
        "公开栏编审记录",
        (
            Bulletin,
            BulletinBasis,
            BulletinEditor,
            BulletinMark,
            BulletinCorrection,
            BulletinFile,
            BulletinReading,
            BulletinRemark,
            RemarkAnswer,
            DisclosureWaiver,
        ),
        "记明公开内容由谁编写、审核、批准",
        Unlimited("公开档案须能对应到经办人"),
        right=P.BULLETIN_VIEW,
    )
)
