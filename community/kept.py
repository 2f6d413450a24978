"""What tables of community/ that have no register keep of people, and how long."""

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from community.models import (
    AidRecipient,
    Bulletin,
    BulletinBasis,
    BulletinCorrection,
    BulletinEditor,
    BulletinFile,
    BulletinMark,
    BulletinReading,
    BulletinRemark,
    DisclosureWaiver,
    Objection,
    ObjectionAnswer,
    Phone,
    RemarkAnswer,
    RoleAssignment,
    SetupLink,
    User,
)
from portal.permissions import Permission as P
from portal.retention import Kept, Retention, Unlimited, keep

keep(
    Kept(
        "账号和角色",
        (User, RoleAssignment, SetupLink),
        "确认工作人员、楼道长等的身份和权限",
        Unlimited("每次办理都要能对应到经办人"),
        right=P.PEOPLE_VIEW,
    )
)
keep(
    Kept(
        "楼道长手机",
        (Phone,),
        "楼道长用本人手机核实住户",
        Retention("解除或失效", Coalesce("ended_at", "until", "link_until"), years=1),
        right=P.PLACES_EDIT,
    )
)
keep(
    Kept(
        "救助公示名单",
        (AidRecipient,),
        "每月公开救助情况",
        Retention("公开当月", F("bulletin__month"), years=5),
        right=P.BULLETIN_VIEW,
    )
)
keep(
    Kept(
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
keep(
    Kept(
        "居民异议",
        (Objection,),
        "核实和答复对公示内容的异议",
        Retention(
            "答复",
            Subquery(
                ObjectionAnswer._base_manager.filter(
                    community=OuterRef("community"), objection=OuterRef("pk")
                ).values("answered_at")[:1]
            ),
            years=2,
            erases=("name", "contact"),
        ),
        basis="本人提交即同意用于核实和答复（个人信息保护法第十三条）",
        right=P.OBJECTIONS_ANSWER,
    )
)
