"""Dated rules of elections in party bodies, and the kind of activity that their meeting is."""

from community.activities.kinds import ActivityKind
from community.activities.kinds import declare as declare_kinds
from community.bodies.kinds import PARTY_KINDS
from community.dated_rules.rules import Default, declare
from portal.access.permissions import Permission as P

NOTICE_DAYS = "party_election_notice_days"
QUORUM_PERCENT = "party_election_quorum_percent"
MAJORITY_PERCENT = "party_election_majority_percent"
ELECTION_KIND = "party_election"
"""Code of the meeting that elects."""

_SOURCE = "中国共产党基层组织选举工作条例（2020年）"
_TOPIC = "党组织选举"

declare(
    {
        NOTICE_DAYS: Default(
            "选举公告",
            5,
            "天",
            "系统默认值，条例没有规定天数",
            "选举大会之前至少公告多少天",
            1,
            30,
            _TOPIC,
        ),
        QUORUM_PERCENT: Default(
            "选举大会到会人数",
            80,
            "%",
            f"{_SOURCE}：到会有选举权的人数不少于应到人数的五分之四",
            "实到人数不足应到人数的此比例的，选举无效",
            51,
            100,
            _TOPIC,
        ),
        MAJORITY_PERCENT: Default(
            "当选得票",
            50,
            "%",
            f"{_SOURCE}：得赞成票超过实到会有选举权人数的一半始得当选",
            "得赞成票应超过实到人数的此比例",
            50,
            80,
            _TOPIC,
        ),
    }
)
declare_kinds(ActivityKind(ELECTION_KIND, "换届选举大会", right=P.BRANCH, bodies=frozenset(PARTY_KINDS)))
