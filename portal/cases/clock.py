"""Sentences about the clock of a case."""

import datetime

from django.utils import timezone

from portal.values.dates import prose_date


def clock_words(case, now: datetime.datetime) -> str:
    """Until when an answer is due, how that day came about, and whether it is late or the clock stands."""
    if not case.due or not case.is_open:
        return ""
    if case.answered_at:
        late = "，超过期限" if case.answered_at > case.due else "，在期限内"
        return f"{prose_date(timezone.localdate(case.answered_at))}答复{late}。"
    local = timezone.localtime(case.due)
    at = "" if local.hour == 23 else f"{local:%H:%M}"
    words = f"应在{prose_date(local.date())}{at}前答复"
    if case.clock_start and case.clock_days:
        words += f"：{prose_date(case.clock_start)}起{case.clock_days}{case.course.unit}（{case.clock_rule}）"
        words += f"，顺延{case.clock_shift}个工作日" if case.clock_shift else ""
    elif case.clock_rule:
        words += f"（{case.clock_rule}）"
    if case.is_provisional:
        words += "；那一年的节假日安排还没有公布，公布后重新核定"
    if case.paused_on:
        return f"{words}。自{prose_date(case.paused_on)}起中止计算，恢复后顺延。"
    return f"{words}，已超期。" if case.due < now else f"{words}。"
