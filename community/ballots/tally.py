"""Check of tallies: each contradiction is a sentence with the difference, at the field that is most likely wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from community.ballots.models import APPRAISAL_GRADES, Ballot, BallotLine


@dataclass(frozen=True, slots=True)
class TallyProblem:
    """A contradiction. `field`: of the ballot, or of the line with this `name`, or empty for all lines together."""

    field: str
    sentence: str
    name: str = ""


def tally_problems(ballot: Ballot, lines: Sequence[BallotLine]) -> list[TallyProblem]:
    """Contradictions in the numbers of a ballot and its lines; empty for a sound tally."""
    return [*_of_papers(ballot), *_of_lines(ballot, lines)]


def _of_papers(ballot: Ballot) -> Iterator[TallyProblem]:
    steps = (
        ("present", "应到{}人，实到{}人，多{}人", ballot.entitled, ballot.present),
        ("issued", "实到{}人，发出{}张，多{}张", ballot.present, ballot.issued),
        ("returned", "发出{}张，收回{}张，多{}张", ballot.issued, ballot.returned),
    )
    for field, sentence, most, number in steps:
        if number > most:
            yield TallyProblem(field, sentence.format(most, number, number - most))
    counted = ballot.valid + ballot.spoiled
    if counted != ballot.returned:
        difference = counted - ballot.returned
        word = f"多{difference}张" if difference > 0 else f"少{-difference}张"
        yield TallyProblem(
            "valid",
            f"收回{ballot.returned}张，有效{ballot.valid}张加废票{ballot.spoiled}张共{counted}张，{word}",
        )


def _of_lines(ballot: Ballot, lines: Sequence[BallotLine]) -> Iterator[TallyProblem]:
    keys = [(line.name, line.option) for line in lines]
    for name in dict.fromkeys(name for name, option in keys if keys.count((name, option)) > 1):
        yield TallyProblem("name", f"{name}填了两次", name)
    if ballot.kind == Ballot.Kind.APPRAISAL:
        yield from _of_grades(ballot, lines)
        return
    for line in lines:
        total = line.votes + line.against + line.abstained
        if total > ballot.valid:
            parts = f"赞成{line.votes}、反对{line.against}、弃权{line.abstained}共{total}票"
            if total == line.votes:
                parts = f"赞成{line.votes}票"
            more = total - ballot.valid
            yield TallyProblem("votes", f"{line.name}{parts}，有效票{ballot.valid}张，多{more}票", line.name)
    if ballot.kind == Ballot.Kind.ELECTION:
        votes, most = sum(line.votes for line in lines), ballot.valid * ballot.seats
        if votes > most:
            yield TallyProblem(
                "",
                f"有效票{ballot.valid}张，每张最多选{ballot.seats}人，最多{most}票，各人得票共{votes}票，多{votes - most}票",
            )


def _of_grades(ballot: Ballot, lines: Sequence[BallotLine]) -> Iterator[TallyProblem]:
    for name in dict.fromkeys(line.name for line in lines):
        votes = {line.option: line.votes for line in lines if line.name == name}
        total = sum(votes.values())
        if total > ballot.valid:
            parts = "、".join(f"{grade}{votes[grade]}" for grade in APPRAISAL_GRADES if grade in votes)
            yield TallyProblem(
                "votes", f"{name}{parts}共{total}票，有效票{ballot.valid}张，多{total - ballot.valid}票", name
            )
