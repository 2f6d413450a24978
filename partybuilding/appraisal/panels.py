"""The results of an appraisal: on its page, and as rows of the printed list."""

from collections.abc import Sequence

from django.utils import timezone

from community.activities.models import Attendance
from community.ballots.models import APPRAISAL_GRADES
from partybuilding.appraisal.actions import Tally, tallies_of
from partybuilding.appraisal.models import Appraisal, AppraisalResult, Grade
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks


def results_of(appraisal: Appraisal, access, community) -> list[AppraisalResult]:
    """The results by name, with member and person."""
    results = rows(AppraisalResult, access, P.BRANCH, community).filter(appraisal=appraisal)
    return list(results.select_related("member__person").order_by("member__person__name_key", "id"))


def absent_people(appraisal: Appraisal, access, community) -> frozenset[int]:
    """Ids of the people who did not come to the meeting of an appraisal."""
    if appraisal.activity_id is None:
        return frozenset()
    missed = (*Attendance.MISSED, Attendance.State.MADE_UP)
    lines = rows(Attendance, access, P.BRANCH, community).filter(activity=appraisal.activity_id)
    return frozenset(lines.filter(state__in=missed).values_list("person", flat=True))


def summary_sentence(appraisal: Appraisal, results: Sequence[AppraisalResult]) -> str:
    """参加评议20人，其中优秀6人、合格14人。"""
    graded = [result for result in results if result.grade]
    if not graded:
        return f"列入评议{len(results)}人，还没有登记结果。"
    counts = {grade: sum(result.grade == grade for result in graded) for grade in Grade}
    words = "、".join(f"{grade.label}{number}人" for grade, number in counts.items() if number)
    waiting = len(results) - len(graded)
    rest = f"，{waiting}人未评定" if waiting else ""
    return f"列入评议{len(results)}人，评定等次{len(graded)}人，其中{words}{rest}。"


def papers_sentence(appraisal: Appraisal) -> str:
    """The papers of the tally in words; empty without one."""
    ballot = appraisal.ballot
    if ballot is None:
        return ""
    return (
        f"应到{ballot.entitled}人，实到{ballot.present}人；发出测评票{ballot.issued}张，收回{ballot.returned}张，"
        f"有效{ballot.valid}张，废票{ballot.spoiled}张。"
    )


def votes_of(tally: Tally | None) -> tuple:
    return (*tally.votes, tally.abstained) if tally else ("",) * (len(APPRAISAL_GRADES) + 1)


def of_appraisal(appraisal: Appraisal, access, community) -> list[Panel]:
    """The results as a table, with the other years of the branch."""
    links = RowLinks(access, community)
    results = results_of(appraisal, access, community)
    tallies, absent = tallies_of(appraisal), absent_people(appraisal, access, community)
    table = [
        (
            links.link(result.member),
            *votes_of(tallies.get(result.member.person_id)),
            result.get_grade_display() or "未评定",
            "缺席会议" if result.member.person_id in absent else "",
            result.note,
        )
        for result in results
    ]
    header = ("姓名", *(f"{grade}票" for grade in APPRAISAL_GRADES), "弃权", "评定等次", "到会", "说明")
    buttons = (Link("更新名单", community.url("partybuilding:appraisal_members", row=appraisal.uuid)),)
    title = f"评议结果：{summary_sentence(appraisal, results)[:-1]}"
    panels = [Panel(title, header, table, empty="支部还没有参加评议的正式党员", links=buttons)]
    return [*panels, *_other_years(appraisal, access, community, links)]


def _other_years(appraisal: Appraisal, access, community, links: RowLinks) -> list[Panel]:
    others = rows(Appraisal, access, P.BRANCH, community).filter(branch=appraisal.branch_id)
    others = others.exclude(pk=appraisal.pk).with_counts().order_by("-year")
    lines = [
        (links.link(each, f"{each.year}年"), each.members, *(getattr(each, grade.value) for grade in Grade))
        for each in others
    ]
    header = ("年度", "列入评议", *(grade.label for grade in Grade))
    return [Panel("历年评议", header, lines)] if lines else []


def dated(appraisal: Appraisal):
    """Date of the printed list: that of the meeting, or today."""
    return timezone.localdate(appraisal.activity.starts_at) if appraisal.activity else timezone.localdate()
