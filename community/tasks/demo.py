"""Tasks of the demo community (任务): overdue, due today, unassigned, done and declined."""

import datetime

from django.utils import timezone

from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.tasks.actions import decline, finish
from community.tasks.models import Task
from portal.access.db_scope import APP, scope
from portal.access.roles import ROLES


@demo_part(430, RunFor.SHOWCASE)
def load_tasks(demo: DemoCommunity) -> None:
    """Tasks given by the director, with their outcome; due dates are relative to today."""
    community, users = demo.community, demo.users
    community_ids = [community.id]
    with scope(
        APP,
        communities=community_ids,
        write=community_ids,
        user_id=users["director"].id,
        rights=ROLES["director"].permissions,
    ):
        done_task, declined_task = _give_all(demo)
    with scope(
        APP,
        communities=community_ids,
        write=community_ids,
        user_id=users["staff"].id,
        rights=ROLES["staff"].permissions,
    ):
        finish(by=users["staff"], task=done_task, result="已清理，物业拉走两车，楼道长已确认。")
        decline(by=users["staff"], task=declined_task, reason="党员名册由党务专干管理，请转交徐志强。")


def _give_all(demo: DemoCommunity) -> tuple[Task, Task]:
    """All tasks; returns the one to be finished and the one to be declined."""

    def give(title: str, text: str, days: int, owner: str = "", days_ago: int = 5) -> Task:
        return Task.objects.create(
            community=demo.community,
            title=title,
            text=text,
            due=demo.today + datetime.timedelta(days=days),
            owner=demo.users[owner] if owner else None,
            given_by=demo.users["director"],
            given_at=timezone.now() - datetime.timedelta(days=days_ago),
        )

    give("补齐2号楼空挂户走访记录", "对照户籍底册逐户核实，拍照留存。", -3, "staff", 12)
    give("报送老年食堂用餐人数", "按街道通知的表格填报，发民政办。", 0, "staff")
    give("更换小区入口橱窗内容", "换成冬季防火和防诈骗内容。", 4, "staff", 2)
    give("核对三季度收支凭证", "与代理记账机构逐笔核对。", 6, "finance")
    give("排查电动车楼道充电", "发现的当场劝离，登记楼道和房号。", 2, "security")
    give("收集居民对加装电梯的意见", "以楼道为单位，汇总成一页。", 20)
    done_task = give("清理楼道堆物", "3幢、5幢，联系物业配合。", -8, "staff", 15)
    return done_task, give("统计企业退休人员党员数", "按支部报送。", 1, "staff", 3)
