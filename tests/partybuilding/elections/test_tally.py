"""The arithmetic of an election: quorum, majority, ties."""

import pytest

from partybuilding.elections.tally import Quorum, Verdict, Votes, decide

E, N, T = Verdict.ELECTED, Verdict.NOT_ELECTED, Verdict.TIED


@pytest.mark.parametrize(
    ("entitled", "present", "percent", "is_met", "needed"),
    [
        (30, 24, 80, True, 24),
        (30, 23, 80, False, 24),
        (31, 24, 80, False, 25),
        (31, 25, 80, True, 25),
        (1, 1, 80, True, 1),
        (1, 0, 80, False, 1),
        (30, 20, 67, False, 21),
        (30, 30, 100, True, 30),
    ],
)
def test_quorum_at_its_edges(entitled, present, percent, is_met, needed):
    quorum = Quorum(entitled, present, percent)
    assert (quorum.is_met, quorum.needed) == (is_met, needed)


def test_quorum_in_words():
    assert Quorum(30, 23, 80).sentence == "应到30人，实到23人，不足五分之四（24人），选举无效"
    assert Quorum(30, 24, 80).sentence == "应到30人，实到24人，达到五分之四（24人），可以选举"
    assert "不足67%（21人）" in Quorum(30, 20, 67).sentence


@pytest.mark.parametrize(
    ("votes", "seats", "present", "verdicts"),
    [
        ((12,), 1, 24, [N]),  # exactly half
        ((13,), 1, 24, [E]),
        ((12,), 1, 23, [E]),  # more than half of an odd number
        ((11,), 1, 23, [N]),
        ((20, 18, 13), 2, 24, [E, E, N]),  # more with a majority than seats
        ((20, 15, 15), 2, 24, [E, T, T]),  # a tie around the last seat
        ((20, 15, 15), 3, 24, [E, E, E]),  # no tie where all have a seat
        ((15, 15, 15), 1, 24, [T, T, T]),
        ((12, 12), 1, 24, [N, N]),  # equal, but nobody has a majority
        ((20, 15, 15, 14), 2, 24, [E, T, T, N]),
        ((0, 0), 2, 0, [N, N]),
    ],
)
def test_verdicts(votes, seats, present, verdicts):
    lines = [Votes(f"候选人{n}", number) for n, number in enumerate(votes)]
    decisions = decide(lines, seats=seats, present=present, percent=50)
    assert [each.verdict for each in decisions] == verdicts


def test_each_verdict_says_why():
    lines = [Votes("甲", 20), Votes("乙", 15), Votes("丙", 15), Votes("丁", 14), Votes("戊", 12)]
    sentences = [each.sentence for each in decide(lines, seats=2, present=24, percent=50)]
    assert sentences == [
        "得赞成票20票，超过实到24人的半数，当选",
        "得赞成票15票，超过实到24人的半数，与丙票数相等，不能确定当选人，应就票数相等的候选人再次投票",
        "得赞成票15票，超过实到24人的半数，与乙票数相等，不能确定当选人，应就票数相等的候选人再次投票",
        "得赞成票14票，超过实到24人的半数，但应选2名，得票少于当选人，未当选",
        "得赞成票12票，没有超过实到24人的半数（至少13票），未当选",
    ]
