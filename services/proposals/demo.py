"""Proposals of the demo (建议提案): those of a whole year in xizhigou, all closed, and open ones in the showcase."""

import datetime

from django.utils import timezone

from community.demo.parts import DemoCommunity, RunFor, demo_part
from portal.access.db_scope import APP, scope
from portal.cases.actions import take_step
from services.proposals.actions import take_proposal
from services.proposals.choices import AnswerClass, Kind, Opinion
from services.proposals.models import DeputyInspection, Proposal

_CLOSED = (
    (Kind.CONGRESS, "12", "关于增设西直沟路夜间照明的建议", "陈建国", 3, AnswerClass.A),
    (Kind.CONGRESS, "27", "关于规范菜场周边停车的建议", "林晓燕", 4, AnswerClass.A),
    (Kind.CONFERENCE, "35", "关于老旧小区加装电梯的提案", "周志明", 5, AnswerClass.B),
    (Kind.CONGRESS, "41", "关于设立社区老年食堂的建议", "王素芬", 9, AnswerClass.B),
)
_INSPECTIONS = (
    (3, 18, "老旧小区改造现场", "陈建国、林晓燕", "排水管网应与路面同时改造。"),
    (5, 22, "社区卫生服务站", "王素芬、吴伟", "增加周末门诊。"),
    (8, 14, "防汛物资储备", "陈建国、何平", ""),
    (10, 30, "西直沟菜场环境整治", "林晓燕、王素芬", "早市收摊后及时清扫。"),
    (12, 5, "网格走访", "周志明、吴伟", "走访记录做到件件有回音。"),
)


@demo_part(560, RunFor.NEW)
def add_proposals(demo: DemoCommunity) -> None:
    """The proposals and inspections of the last complete year."""
    if demo.plan.code != "xizhigou":
        return
    year = demo.today.year - 1
    with _desk(demo):
        for kind, number, title, proposer, month, answer_class in _CLOSED:
            proposal = _take(demo, kind, f"{year}-{number}", title, proposer, datetime.date(year, month, 6))
            _close(demo, proposal, answer_class, second=number == "35")
        for month, day, subject, deputies, opinion in _INSPECTIONS:
            DeputyInspection.objects.create(
                community=demo.community,
                held_on=datetime.date(year, month, day),
                subject=subject,
                deputies=deputies,
                opinion=opinion,
            )


@demo_part(570, RunFor.SHOWCASE)
def add_open_proposals(demo: DemoCommunity) -> None:
    """One to be assigned, one talked about."""
    day, year = datetime.timedelta(days=1), demo.today.year
    with _desk(demo):
        _take(
            demo, Kind.CONFERENCE, f"{year}-8", "关于增加电动自行车充电桩的提案", "沈丽", demo.today - 6 * day
        )
        talked = _take(
            demo, Kind.CONGRESS, f"{year}-16", "关于整治楼道堆物的建议", "徐永康", demo.today - 40 * day
        )
        _step(demo, talked, "assign", 2, owner=demo.users["staff"])
        _step(demo, talked, "talk", 9, "电话沟通，代表希望先清理消防通道，再设公共储物点。")


def _desk(demo: DemoCommunity):
    ids = [demo.community.id]
    return scope(APP, communities=ids, write=ids, user_id=demo.users["staff"].id)


def _take(demo, kind: Kind, number: str, title: str, proposer: str, on: datetime.date) -> Proposal:
    return take_proposal(
        by=demo.users["staff"],
        community_id=demo.community.id,
        kind=kind,
        number=number,
        title=title,
        text=f"{title}。居民多次反映，请社区会同有关单位研究办理。",
        proposer=proposer,
        proposer_post="区人大代表" if kind == Kind.CONGRESS else "区政协委员",
        received_on=on,
    )


def _close(demo, proposal: Proposal, answer_class: AnswerClass, second: bool) -> None:
    """From assignment to a satisfied proposer, by a second answer where the first one did not satisfy."""
    answered = {"answer_class": answer_class}
    _step(demo, proposal, "assign", 2, owner=demo.users["staff"])
    _step(demo, proposal, "talk", 12, "当面沟通，听取了具体意见。")
    _step(demo, proposal, "answer", 30, "已会同有关单位办理，书面答复。", answers=1, **answered)
    if second:
        text = "希望写明加装电梯的时间安排。"
        _step(demo, proposal, "dissatisfied", 35, text, opinion=Opinion.DISSATISFIED)
        _step(demo, proposal, "answer", 45, "补充了三年加装计划和联系人。", answers=2, **answered)
    _step(demo, proposal, "satisfied", 50, opinion=Opinion.SATISFIED)


def _step(demo, proposal: Proposal, name: str, days: int, text: str = "", **changes) -> None:
    at = timezone.localtime(proposal.received_at) + datetime.timedelta(days=days)
    take_step(proposal, name, by=demo.users["staff"], text=text, changes=changes, at=at)
