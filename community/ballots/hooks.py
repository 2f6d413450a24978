"""Hooks of ballots: on the page of their meeting, and in its minutes."""

from collections.abc import Iterator, Sequence

from community.activities.minutes import MINUTES_PARTS, MinutesPart
from community.activities.models import Activity
from community.activities.registers import ActivityRegister
from community.ballots.models import APPRAISAL_GRADES, Ballot
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.registry import hook
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel


@extend
class BallotsOfActivity(RegisterExtension):
    """The tallies of a meeting."""

    model = Activity
    order = 20
    part_models = (Ballot,)

    def panels(self, row, access, community):
        may_change = ActivityRegister().may_change(row, access, community)
        return [
            Panel(
                f"{ballot.get_kind_display()}：{ballot}（{_papers(ballot)}）",
                *_table(ballot),
                empty="没有登记得票",
                links=(Link("更正", community.url("community:ballot_change", ballot=ballot.uuid)),)
                if may_change
                else (),
            )
            for ballot in rows(Ballot, access, P.ACTIVITIES, community)
            .filter(activity=row)
            .prefetch_related("lines")
        ]

    def links(self, row, access, community):
        if not ActivityRegister().may_change(row, access, community):
            return []
        return [
            Link(
                f"登记{kind.label}票数",
                community.url("community:activity_ballot", row=row.uuid, ballot_kind=kind.value),
            )
            for kind in Ballot.Kind
        ]


def _papers(ballot: Ballot) -> str:
    return (
        f"应到{ballot.entitled}人，实到{ballot.present}人，发出{ballot.issued}张，收回{ballot.returned}张，"
        f"有效{ballot.valid}张，废票{ballot.spoiled}张"
    )


def _table(ballot: Ballot) -> tuple[tuple[str, ...], Sequence[tuple]]:
    """Header and rows: votes by name."""
    lines = list(ballot.lines.all())
    if ballot.kind != Ballot.Kind.APPRAISAL:
        header = ("姓名或事项", "赞成", "反对", "弃权")
        return header, [(line.name, line.votes, line.against, line.abstained) for line in lines]
    votes = {(line.name, line.option): line.votes for line in lines}
    names = dict.fromkeys(line.name for line in lines)
    table = [(name, *(votes.get((name, grade), 0) for grade in APPRAISAL_GRADES)) for name in names]
    return ("姓名", *APPRAISAL_GRADES), table


@hook(MINUTES_PARTS)
def ballots_in_minutes(activity: Activity) -> Iterator[MinutesPart]:
    """The tallies, each as a table."""
    ballots = Ballot.objects.filter(community_id=activity.community_id, activity=activity)
    ballots = list(ballots.prefetch_related("lines"))
    if ballots:
        tables = [(str(ballot), *_table(ballot)) for ballot in ballots]
        papers = [f"{ballot}：{_papers(ballot)}。" for ballot in ballots]
        yield MinutesPart("表决情况", papers, tables, order=30)
