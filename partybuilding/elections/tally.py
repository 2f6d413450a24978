"""Arithmetic of an election, without the database: quorum, who is elected and why.

Whether the numbers of a tally agree is checked for all ballots alike (`community.ballots.tally`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_FRACTIONS = {50: "半数", 60: "五分之三", 75: "四分之三", 80: "五分之四", 90: "十分之九", 100: "全部"}


def fraction_words(percent: int) -> str:
    """五分之四, 半数; 67% where it has no name."""
    return _FRACTIONS.get(percent, f"{percent}%")


# Quorum


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether enough of those entitled came. percent: the share that has to be there."""

    entitled: int
    present: int
    percent: int

    @property
    def needed(self) -> int:
        """The smallest number that is no less than the share."""
        return -(-self.entitled * self.percent // 100)

    @property
    def is_met(self) -> bool:
        return self.present >= self.needed

    @property
    def sentence(self) -> str:
        """应到30人，实到23人，不足五分之四（24人），选举无效."""
        counts = f"应到{self.entitled}人，实到{self.present}人"
        share = f"{fraction_words(self.percent)}（{self.needed}人）"
        return f"{counts}，达到{share}，可以选举" if self.is_met else f"{counts}，不足{share}，选举无效"


# Who is elected


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes of a ballot for one name."""

    name: str
    votes: int
    against: int = 0
    abstained: int = 0


class Verdict(StrEnum):
    ELECTED = "当选"
    NOT_ELECTED = "未当选"
    TIED = "票数相等"


@dataclass(frozen=True, slots=True)
class Decision:
    """Verdict on a candidate, with the sentence why."""

    verdict: Verdict
    sentence: str


def decide(lines: Sequence[Votes], *, seats: int, present: int, percent: int) -> list[Decision]:
    """Who of these candidates is elected, in their order: more than the share of those present, then the most votes.

    Equal votes around the last seat elect none of those who have them: they stand in a second ballot.
    """
    needed = present * percent // 100 + 1
    enough = sorted((line.votes for line in lines if line.votes >= needed), reverse=True)
    last = enough[seats - 1] if len(enough) > seats else 0
    """Votes of the last seat, where more have a majority than there are seats."""
    tied = last and enough[seats] == last
    return [_decide(line, lines, needed, last, tied, seats, present, percent) for line in lines]


def _decide(
    line, lines, needed: int, last: int, tied: bool, seats: int, present: int, percent: int
) -> Decision:
    base = f"实到{present}人的{fraction_words(percent)}"
    if line.votes < needed:
        return Decision(
            Verdict.NOT_ELECTED,
            f"得赞成票{line.votes}票，没有超过{base}（至少{needed}票），未当选",
        )
    over = f"得赞成票{line.votes}票，超过{base}"
    if line.votes < last:
        return Decision(Verdict.NOT_ELECTED, f"{over}，但应选{seats}名，得票少于当选人，未当选")
    if tied and line.votes == last:
        names = "、".join(other.name for other in lines if other is not line and other.votes == last)
        return Decision(
            Verdict.TIED,
            f"{over}，与{names}票数相等，不能确定当选人，应就票数相等的候选人再次投票",
        )
    return Decision(Verdict.ELECTED, f"{over}，当选")
