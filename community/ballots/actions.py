"""Writes on ballots: a tally with its lines, checked before anything is stored."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from community.activities.models import Activity
from community.ballots.models import Ballot, BallotLine
from community.ballots.tally import TallyProblem, tally_problems
from portal.access.db_scope import set_change_context
from portal.forms.forms import EditConflict
from portal.forms.refusals import Refusal

NUMBERS = ("entitled", "present", "issued", "returned", "valid", "spoiled")


class TallyRefused(Refusal):
    """The numbers contradict one another; `problems` says which."""

    def __init__(self, problems: Sequence[TallyProblem]):
        super().__init__("；".join(problem.sentence for problem in problems))
        self.problems = problems


@transaction.atomic
def save_ballot(
    *,
    activity: Activity,
    values: Mapping,
    lines: Sequence[BallotLine],
    ballot: Ballot | None = None,
    seen_version: int | None = None,
) -> Ballot:
    """Store a ballot of a meeting with its lines; those of an existing one are replaced.

    values: kind, title, seats and the numbers. Raises TallyRefused for numbers that contradict one another, and
    EditConflict where somebody else changed the ballot since `seen_version`.
    """
    activities = Activity.objects.filter(community_id=activity.community_id, pk=activity.pk)
    activity = activities.select_for_update(of=("self",)).get()
    if activity.state == Activity.State.CANCELLED:
        raise Refusal(f"{activity}已取消，不能登记表决")
    row = _locked(ballot, values, seen_version) if ballot else Ballot()
    row.community_id, row.activity = activity.community_id, activity
    for name, value in values.items():
        setattr(row, name, value)
    if problems := tally_problems(row, lines):
        raise TallyRefused(problems)
    others = Ballot.objects.filter(community_id=row.community_id, activity=activity, title=row.title)
    if others.exclude(pk=row.pk).exists():
        raise Refusal("这次会议已有同名的表决事项", "title")
    set_change_context(action="登记票数")
    row.version += 1 if row.pk else 0
    row.save()
    BallotLine.objects.filter(community_id=row.community_id, ballot=row).delete()
    for order, line in enumerate(lines, 1):
        line.community_id, line.ballot, line.order = row.community_id, row, order
    BallotLine.objects.bulk_create(lines)
    return row


def _locked(ballot: Ballot, values: Mapping, seen_version: int | None) -> Ballot:
    rows = Ballot.objects.filter(community_id=ballot.community_id, pk=ballot.pk)
    row = rows.select_for_update(of=("self",)).get()
    if seen_version is not None and row.version != seen_version:
        labels = {name: str(Ballot._meta.get_field(name).verbose_name) for name in values}
        differences = [
            (labels[name], str(getattr(row, name)), str(value))
            for name, value in values.items()
            if getattr(row, name) != value
        ]
        raise EditConflict(differences, row.version)
    return row


@transaction.atomic
def remove_ballot(*, ballot: Ballot) -> None:
    """Remove a ballot that was entered by mistake, with its lines."""
    Ballot.objects.select_for_update(of=("self",)).get(
        community_id=ballot.community_id, pk=ballot.pk
    ).delete()
