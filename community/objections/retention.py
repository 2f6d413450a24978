"""Retention of objections."""

from django.db.models import OuterRef, Subquery

from community.objections.models import Objection, ObjectionAnswer
from portal.access.permissions import Permission as P
from portal.retention.data_categories import DataCategory, Retention, declare

declare(
    DataCategory(
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
