"""What an election has decided so far: each contest with its ballot, the verdict on each candidate, and what is left."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from community.ballots.models import Ballot, BallotLine
from community.bodies.models import Post
from community.dated_rules.rules import values_of
from partybuilding.elections.models import Candidate, Contest, Election
from partybuilding.elections.rules import MAJORITY_PERCENT, QUORUM_PERCENT
from partybuilding.elections.tally import Decision, Quorum, Verdict, Votes, decide


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """A candidate with the votes, once they are counted, and the verdict. name: as on the ballot paper."""

    candidate: Candidate
    name: str
    line: BallotLine | None = None
    decision: Decision | None = None

    def has(self, verdict: Verdict) -> bool:
        return self.decision is not None and self.decision.verdict is verdict


@dataclass(frozen=True, slots=True)
class ContestResult:
    contest: Contest
    candidates: Sequence[CandidateResult]

    @property
    def ballot(self) -> Ballot | None:
        return self.contest.ballot

    @property
    def elected(self) -> list[Candidate]:
        return [each.candidate for each in self.candidates if each.has(Verdict.ELECTED)]

    @property
    def tied(self) -> list[Candidate]:
        return [each.candidate for each in self.candidates if each.has(Verdict.TIED)]

    @property
    def seats_left(self) -> int:
        return max(self.contest.seats - len(self.elected), 0)


@dataclass(frozen=True, slots=True)
class Results:
    """The contests of an election in the order of their rounds and posts."""

    election: Election
    contests: Sequence[ContestResult]
    quorum: Quorum | None

    @property
    def round(self) -> int:
        """The latest round; 0 without contests."""
        return max((each.contest.round for each in self.contests), default=0)

    @property
    def current(self) -> list[ContestResult]:
        """The contests of the latest round."""
        return [each for each in self.contests if each.contest.round == self.round]

    @property
    def open_ties(self) -> list[ContestResult]:
        """Contests whose tie no later round has taken up."""
        rounds = {(each.contest.post_id, each.contest.round) for each in self.contests}
        return [
            each
            for each in self.contests
            if each.tied and (each.contest.post_id, each.contest.round + 1) not in rounds
        ]

    @property
    def elected(self) -> list[Candidate]:
        """Everybody who is elected, in the order of posts and votes of their round."""
        return [candidate for each in self.contests for candidate in each.elected]

    @property
    def unfilled(self) -> list[tuple[Post, int]]:
        """Posts that are left with seats after all rounds, and how many."""
        seats: dict[int, int] = {}
        posts: dict[int, Post] = {}
        for each in self.contests:
            post = each.contest.post
            posts[post.pk] = post
            seats.setdefault(post.pk, each.contest.seats)
            seats[post.pk] -= len(each.elected)
        return [(posts[pk], number) for pk, number in seats.items() if number > 0]


def results_of(election: Election) -> Results:
    """The results of an election the user may see. Four queries, whatever the number of contests."""
    of_community = {"community_id": election.community_id}
    contests = list(
        Contest.objects.filter(**of_community, election=election)
        .select_related("post__body", "ballot")
        .order_by("round", "post__order", "id")
    )
    candidates: dict[int, list[Candidate]] = defaultdict(list)
    of_contests = Candidate.objects.filter(**of_community, contest__in=contests)
    for candidate in of_contests.select_related("person").order_by("order", "id"):
        candidates[candidate.contest_id].append(candidate)
    ballots = [contest.ballot_id for contest in contests if contest.ballot_id]
    lines = {
        (line.ballot_id, line.person_id): line
        for line in BallotLine.objects.filter(**of_community, ballot__in=ballots)
    }
    quorum, majority = _rules(election)
    return Results(
        election,
        [_result(each, candidates[each.pk], lines, election, majority) for each in contests],
        quorum,
    )


def _rules(election: Election) -> tuple[Quorum | None, int]:
    """The quorum and the majority by the rules on the day of the meeting; before it there is no quorum."""
    if election.held_on is None:
        return None, 0
    values = values_of(election.community, [QUORUM_PERCENT, MAJORITY_PERCENT], election.held_on)
    quorum = Quorum(election.entitled, election.present, values[QUORUM_PERCENT])
    return quorum, values[MAJORITY_PERCENT]


def _result(contest: Contest, candidates, lines: dict, election: Election, majority: int) -> ContestResult:
    names = _names(candidates)
    counted = [lines.get((contest.ballot_id, each.person_id)) for each in candidates]
    if contest.ballot_id is None or None in counted:
        return ContestResult(
            contest, [CandidateResult(*pair) for pair in zip(candidates, names, strict=True)]
        )
    votes = [
        Votes(name, line.votes, line.against, line.abstained)
        for name, line in zip(names, counted, strict=True)
    ]
    decisions = decide(votes, seats=contest.seats, present=contest.ballot.present, percent=majority)
    rows = zip(candidates, names, counted, decisions, strict=True)
    return ContestResult(contest, [CandidateResult(*row) for row in rows])


def _names(candidates: Sequence[Candidate]) -> list[str]:
    """Names on the ballot paper: whoever has the name of another is told apart by the number on it."""
    names = [each.person.name for each in candidates]
    return [
        f"{name}（{number}号）" if names.count(name) > 1 else name
        for number, name in enumerate(names, start=1)
    ]
