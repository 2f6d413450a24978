"""Tasks of the demo community (任务): late, for today, of nobody, done, declined, and one that came from a report."""

import datetime
from collections.abc import Mapping

from django.urls import reverse
from django.utils import timezone

from community.actions.tasks import decline, finish
from community.models import Community, Task, User
from portal.offers import Draft, Handed, Source, hand_over
from portal.permissions import Permission
from portal.roles import ROLES
from portal.scope import APP, scope
from residents.models import ChangeReport


def give_tasks(community: Community, users: Mapping[str, User], today: datetime.date) -> None:
    """What the director gave to whom, and what came of it; days are counted from today."""
    own = [community.id]
    with scope(
        APP, communities=own, write=own, user_id=users["director"].id, rights=ROLES["director"].permissions
    ):
        done, declined = _given(community, users, today)
    with scope(APP, communities=own, write=own, user_id=users["staff"].id, rights=ROLES["staff"].permissions):
        finish(by=users["staff"], task=done, result="已清理，物业拉走两车，楼道长已确认。")
        decline(by=users["staff"], task=declined, reason="党员名册由党务专干管理，请转交徐志强。")
        _from_report(community, users["staff"])


def _given(community: Community, users: Mapping[str, User], today: datetime.date) -> tuple[Task, Task]:
    """The tasks of which one is to be finished and one declined."""

    def give(title: str, text: str, days: int, owner: str = "", given: int = 5) -> Task:
        return Task.objects.create(
            community=community,
            title=title,
            text=text,
            due=today + datetime.timedelta(days=days),
            owner=users[owner] if owner else None,
            given_by=users["director"],
            given_at=timezone.now() - datetime.timedelta(days=given),
        )

    give("补齐2号楼空挂户走访记录", "对照户籍底册逐户核实，拍照留存。", -3, "staff", 12)
    give("报送老年食堂用餐人数", "按街道通知的表格填报，发民政办。", 0, "staff")
    give("更换小区入口橱窗内容", "换成冬季防火和防诈骗内容。", 4, "staff", 2)
    give("核对三季度收支凭证", "与代理记账机构逐笔核对。", 6, "finance")
    give("排查电动车楼道充电", "发现的当场劝离，登记楼道和房号。", 2, "security")
    give("收集居民对加装电梯的意见", "以楼道为单位，汇总成一页。", 20)
    done = give("清理楼道堆物", "3幢、5幢，联系物业配合。", -8, "staff", 15)
    return done, give("统计企业退休人员党员数", "按支部报送。", 1, "staff", 3)


def _from_report(community: Community, staff: User) -> None:
    """Somebody who moves in needs more than an entry in the register."""
    report = ChangeReport.objects.of(community).waiting().select_related("dwelling", "proposer").first()
    kwargs = {"community": community.code, "row": report.uuid}
    source = Source(
        report,
        f"{report.proposer.name}上报，{report.dwelling}",
        reverse("residents:report_detail", kwargs=kwargs),
        Permission.REPORTS_REVIEW,
    )
    draft = Draft(f"{report.dwelling}：楼道照明灯不亮", "楼道长上报时说起，请联系物业检修。")
    hand_over(Handed.NEED, draft, source, staff)
