"""Kinds of bodies (组织类别), and the levels of those of the party."""

from django.db import models


class BodyKind(models.TextChoices):
    PARTY_COMMITTEE = "party_committee", "党委"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "branch", "党支部"
    PARTY_GROUP = "party_group", "党小组"
    COMMITTEE = "committee", "居民委员会"
    SUPERVISION = "supervision", "居务监督委员会"
    FINANCE_GROUP = "finance_group", "民主理财小组"
    MEDIATION = "mediation", "调解委员会"
    SECURITY_COMMITTEE = "security_committee", "治保会"
    UNION = "union", "工会"
    YOUTH = "youth", "共青团"
    WOMEN = "women", "妇联"
    FAMILY_PLANNING = "family_planning", "计生协会"
    ELDERLY = "elderly", "老年协会"
    DISABLED = "disabled", "残疾人协会"
    COUNCIL = "council", "共建委员会"
    SAFETY_GROUP = "safety_group", "综治领导小组"
    TEAM = "team", "队伍"
    OTHER = "other", "其他"

    @property
    def is_party(self) -> bool:
        return self in PARTY_KINDS

    def may_stand_below(self, above: "BodyKind") -> bool:
        """Whether a body of this kind may have one of the other kind above it: party bodies only a higher party body."""
        return not self.is_party or (above.is_party and PARTY_KINDS.index(above) < PARTY_KINDS.index(self))


PARTY_KINDS = (
    BodyKind.PARTY_COMMITTEE,
    BodyKind.GENERAL_BRANCH,
    BodyKind.BRANCH,
    BodyKind.PARTY_GROUP,
)
"""Party bodies, the highest level first."""
