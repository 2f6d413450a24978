"""Writes on appraisals: the list of members, grades and the tally of the papers."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import ProtectedError

from community.ballots.actions import save_ballot
from community.ballots.models import APPRAISAL_GRADES, Ballot, BallotLine
from community.bodies.models import with_below
from community.dated_rules.rules import value_of
from partybuilding.appraisal.models import Appraisal, AppraisalResult, Grade
from partybuilding.appraisal.rules import EXCELLENT_PERCENT
from partybuilding.branch_life.participants import RELATIONS
from partybuilding.members.choices import Stage, State
from partybuilding.members.models import Member
from portal.access.db_scope import set_change_context
from portal.forms.forms import EditConflict
from portal.forms.refusals import Refusal

BALLOT_TITLE = "民主评议党员测评"


@dataclass(frozen=True, slots=True)
class Tally:
    """What the papers say of a member: votes by grade in the order of `APPRAISAL_GRADES`, and those without a grade."""

    votes: tuple[int, ...]
    abstained: int

    @property
    def suggested(self) -> str:
        """The grade with most votes; of several the lower one."""
        most = max(self.votes)
        return list(Grade)[max(index for index, number in enumerate(self.votes) if number == most)]

    def problem(self, name: str, valid: int) -> str:
        """Sentence where the votes do not add up to the valid papers; empty where they do."""
        total = sum(self.votes) + self.abstained
        if total == valid:
            return ""
        parts = [f"{grade}{number}" for grade, number in zip(APPRAISAL_GRADES, self.votes, strict=True)]
        difference = f"多{total - valid}票" if total > valid else f"少{valid - total}票"
        return f"{name}：{'、'.join([*parts, f'弃权{self.abstained}'])}共{total}票，有效票{valid}张，{difference}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is entered of a member: grade, note and, where papers were counted, their tally."""

    result: AppraisalResult
    grade: str
    note: str
    tally: Tally | None = None


@transaction.atomic
def add_members(*, appraisal: Appraisal) -> list[AppraisalResult]:
    """Add members who are not on the list yet; those without a grade who no longer belong to the branch are taken off.

    Appraised are full members here. Who is lost is not; probationary members attend without a grade.
    """
    row = _locked(appraisal)
    members = set(appraised_members(row).values_list("pk", flat=True))
    results = AppraisalResult.objects.filter(community_id=row.community_id, appraisal=row)
    listed = set(results.values_list("member", flat=True))
    gone, _ = results.filter(grade="").exclude(member__in=members).delete()
    added = AppraisalResult.objects.bulk_create(
        AppraisalResult(community_id=row.community_id, appraisal=row, member_id=pk)
        for pk in sorted(members - listed)
    )
    if gone or added:
        # Whoever has the list of before open is told so instead of saving half of it.
        row.version += 1
        row.save(update_fields=["version"])
    return added


@transaction.atomic
def delete_appraisal(*, appraisal: Appraisal) -> None:
    """Delete an appraisal entered by mistake, with its list. Raises ProtectedError once results are on record."""
    row = _locked(appraisal)
    results = AppraisalResult.objects.filter(community_id=row.community_id, appraisal=row)
    if results.graded().exists():
        raise ProtectedError("results are on record", {row})
    results.delete()
    row.delete()


def appraised_members(appraisal: Appraisal):
    """Full members of the branch who are appraised."""
    bodies = with_below([appraisal.branch_id], appraisal.community_id)
    members = Member.objects.filter(community_id=appraisal.community_id, branch__in=bodies)
    return members.members().filter(stage=Stage.FULL, relation__in=RELATIONS).exclude(state=State.LOST)


@transaction.atomic
def record_results(
    *, appraisal: Appraisal, papers: Mapping[str, int] | None, entries: Sequence[Entry], seen_version: int
) -> Appraisal:
    """Store grades and, where papers were counted, the tally as a ballot of the meeting.

    Raises Refusal for numbers that contradict one another, and EditConflict if somebody else saved meanwhile.
    """
    row = _locked(appraisal)
    if row.version != seen_version:
        raise EditConflict(_differences(row, entries), row.version)
    for entry in entries:
        if entry.grade == Grade.POOR and not entry.note:
            raise Refusal(f"{entry.result.member}评定为不合格，请写明情况和处置意见")
    set_change_context(action="登记评议结果")
    if papers is not None:
        row.ballot = _save_papers(row, papers, entries)
    changed = []
    for entry in entries:
        result = entry.result
        if (result.grade, result.note) != (entry.grade, entry.note):
            result.grade, result.note = entry.grade, entry.note
            result.version += 1
            changed.append(result)
    AppraisalResult.objects.bulk_update(changed, ["grade", "note", "version"])
    row.version += 1
    row.save(update_fields=["ballot", "version"])
    return row


def _save_papers(row: Appraisal, papers: Mapping[str, int], entries: Sequence[Entry]) -> Ballot:
    if row.activity is None:
        raise Refusal("请先在评议中选择评议会议，再登记测评票数")
    names = names_of([entry.result for entry in entries])
    problems = [
        entry.tally.problem(names[entry.result.pk], papers["valid"]) for entry in entries if entry.tally
    ]
    if problems := [problem for problem in problems if problem]:
        raise Refusal("；".join(problems))
    ballot = row.ballot if row.ballot and row.ballot.activity_id == row.activity_id else None
    values = {"kind": Ballot.Kind.APPRAISAL, "title": BALLOT_TITLE, "seats": 1} | dict(papers)
    return save_ballot(activity=row.activity, values=values, lines=lines_of(entries, names), ballot=ballot)


def lines_of(entries: Sequence[Entry], names: Mapping[int, str]) -> list[BallotLine]:
    """The votes as lines of a ballot; the line of the first grade also says who gave none (弃权)."""
    return [
        BallotLine(
            name=names[entry.result.pk],
            person_id=entry.result.member.person_id,
            option=grade,
            votes=votes,
            abstained=entry.tally.abstained if number == 0 else 0,
        )
        for entry in entries
        if entry.tally
        for number, (grade, votes) in enumerate(zip(APPRAISAL_GRADES, entry.tally.votes, strict=True))
    ]


def names_of(results: Sequence[AppraisalResult]) -> dict[int, str]:
    """Result id → name on the paper; of people of one name the later ones with a number."""
    names: dict[int, str] = {}
    for result in results:
        name, number = result.member.person.name, 1
        while (shown := name if number == 1 else f"{name}（{number}）") in names.values():
            number += 1
        names[result.pk] = shown
    return names


def tallies_of(appraisal: Appraisal) -> dict[int, Tally]:
    """Person id → what the papers said, of a stored appraisal. One query."""
    if appraisal.ballot_id is None:
        return {}
    lines = BallotLine.objects.filter(community_id=appraisal.community_id, ballot=appraisal.ballot_id)
    votes: dict[int, dict[str, int]] = {}
    abstained: dict[int, int] = {}
    for person, option, number, none in lines.values_list("person", "option", "votes", "abstained"):
        votes.setdefault(person, {})[option] = number
        abstained[person] = abstained.get(person, 0) + none
    return {
        person: Tally(tuple(of_person.get(grade, 0) for grade in APPRAISAL_GRADES), abstained[person])
        for person, of_person in votes.items()
    }


def excellent_warning(appraisal: Appraisal, grades: Sequence[str], day: datetime.date) -> str:
    """Sentence where more members are excellent than the rule allows; empty otherwise."""
    graded = [grade for grade in grades if grade]
    excellent = graded.count(Grade.EXCELLENT)
    most = value_of(appraisal.community, EXCELLENT_PERCENT, day)
    if not graded or 100 * excellent // len(graded) <= most:
        return ""
    allowed = max(n for n in range(len(graded) + 1) if 100 * n // len(graded) <= most)
    return (
        f"评定等次{len(graded)}人，其中优秀{excellent}人，占{100 * excellent // len(graded)}%，"
        f"超过规定的{most}%，最多{allowed}人；请核对，或按上级要求修改期限规定中的比例。"
    )


def _differences(row: Appraisal, entries: Sequence[Entry]) -> list[tuple[str, str, str]]:
    stored = {
        result.pk: result
        for result in AppraisalResult.objects.filter(community_id=row.community_id, appraisal=row)
    }
    return [
        (entry.result.member.person.name, _word(stored[entry.result.pk].grade), _word(entry.grade))
        for entry in entries
        if entry.result.pk in stored and stored[entry.result.pk].grade != entry.grade
    ]


def _word(grade: str) -> str:
    return Grade(grade).label if grade else "未评定"


def _locked(appraisal: Appraisal) -> Appraisal:
    rows = Appraisal.objects.filter(community_id=appraisal.community_id, pk=appraisal.pk)
    return (
        rows.select_related("activity", "ballot", "branch", "community").select_for_update(of=("self",)).get()
    )
