"""What the page of an election shows: its contests with candidates and verdicts, and where it stands."""

from partybuilding.elections.models import Election
from partybuilding.elections.results import ContestResult, Results, results_of
from portal.registers.panels import Panel
from portal.registers.row_links import RowLinks


def has_open_ties(election: Election) -> bool:
    """Whether a second ballot is to be held."""
    return bool(_results(election).open_ties)


def summary_of(election: Election) -> list[str]:
    """Sentences on quorum, ties and posts without anybody elected."""
    results = _results(election)
    words = [results.quorum.sentence] if results.quorum else []
    if election.state in (Election.State.COUNTED, Election.State.FILLED):
        words += [f"{each.contest.title}票数相等，须再次投票" for each in results.open_ties]
        if not results.open_ties:
            words += [f"{post.title}缺{number}名" for post, number in results.unfilled]
    return words


def of_election(election: Election, access, community) -> list[Panel]:
    """One table a contest."""
    links = RowLinks(access, community)
    results = _results(election)
    if not results.contests:
        header = ("职务", "候选人")
        return [Panel("选举项目和候选人", header, [], empty="还没有候选人")]
    return [_contest(each, links) for each in results.contests]


def _contest(each: ContestResult, links: RowLinks) -> Panel:
    ballot = each.ballot
    title = f"{each.contest.title}（应选{each.contest.seats}名）"
    if ballot is None:
        lines = [(_name(result, links),) for result in each.candidates]
        return Panel(title, ("候选人",), lines)
    papers = f"发出{ballot.issued}票，收回{ballot.returned}票，有效{ballot.valid}票，废票{ballot.spoiled}票"
    lines = [
        (
            _name(result, links),
            result.line.votes,
            result.line.against,
            result.line.abstained,
            result.decision.verdict,
            result.decision.sentence,
        )
        for result in each.candidates
    ]
    return Panel(f"{title}：{papers}", ("候选人", "赞成", "反对", "弃权", "结果", "依据"), lines)


def _name(result, links: RowLinks):
    return links.link(result.candidate.person, result.name)


def _results(election: Election) -> Results:
    """The results, read once for a page."""
    if not hasattr(election, "_results"):
        election._results = results_of(election)
    return election._results
