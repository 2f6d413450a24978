"""Review page of the supervision committee: each item beside its evidence and verdict; agreeing to several at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib import messages
from django.shortcuts import redirect

from community.bulletins.actions import review
from community.bulletins.actions import workflow as actions
from community.bulletins.agreement import joint_agreement
from community.bulletins.changes_since_submission import NumberDifference, differences
from community.bulletins.findings import BulletinFinding, findings_by_item
from community.bulletins.forms.editing import MarksForm
from community.bulletins.forms.review import JointAgreementForm
from community.bulletins.review_items import ItemReview
from community.bulletins.snapshot import take_snapshot
from community.bulletins.views.lookup import bulletin_of, bulletin_url
from portal.access.permissions import Permission as P
from portal.form_pages.pages import FormPage


@dataclass(slots=True)
class ReviewRow:
    """An item with its content, its evidence, and the two fields of the verdict."""

    number: int
    line: ItemReview
    verdict: object
    remark: object
    part: dict
    """What readers get of the item: `paragraphs`, `tables`, `charts`, `files`."""
    numbers: list[dict] = field(default_factory=list)
    differences: list[NumberDifference] = field(default_factory=list)
    findings: list[BulletinFinding] = field(default_factory=list)
    next_open: int | None = None
    """Number of the next item without a verdict."""

    @property
    def is_part(self) -> bool:
        """Whether it is a part of the bulletin, and numbered as readers see it."""
        return self.line.item.key == self.line.item.part


@dataclass(frozen=True, slots=True)
class ReviewContext:
    """All items of a bulletin in review, and how far the committee is."""

    rows: list[ReviewRow]
    findings: list[BulletinFinding]
    """Findings that belong to no item."""
    differences: list[NumberDifference]
    """Differences of sections that the bulletin does not have."""

    @property
    def done(self) -> int:
        return sum(bool(row.line.marks) for row in self.rows)

    @property
    def disagreed(self) -> int:
        return sum(row.line.is_disagreed for row in self.rows)

    @property
    def first_open(self) -> int | None:
        return next((row.number for row in self.rows if not row.line.marks), None)


def review_context(
    snapshot: dict,
    form: MarksForm,
    findings: Iterable[BulletinFinding],
    changes: Iterable[NumberDifference],
) -> ReviewContext:
    """The items of `form` with their content from the committee's `snapshot`, their findings and changed numbers."""
    findings_of_item = findings_by_item(snapshot, findings)
    changes_of_part: dict[str, list[NumberDifference]] = {}
    for change in changes:
        changes_of_part.setdefault(change.key, []).append(change)
    parts = {part["key"]: part for part in snapshot["parts"]}
    rows = []
    for number, (line, verdict, remark) in enumerate(form.lines_with_fields()):
        item, part = line.item, parts.get(line.item.part)
        row = ReviewRow(number, line, verdict, remark, _content(item.key, part))
        row.findings = findings_of_item.pop(item.key, [])
        if row.is_part and part:
            row.numbers, row.differences = part["numbers"], changes_of_part.pop(item.key, [])
        rows.append(row)
    still_open = [row.number for row in rows if not row.line.marks]
    for row in rows:
        later = [number for number in still_open if number > row.number]
        row.next_open = next(iter(later or [n for n in still_open if n != row.number]), None)
    return ReviewContext(
        rows,
        [finding for left in findings_of_item.values() for finding in left],
        [change for left in changes_of_part.values() for change in left],
    )


def _content(key: str, part: dict | None) -> dict:
    """The content of an item: a part without the tables that are items themselves, or such a table."""
    if part is None:
        return {"paragraphs": [], "tables": []}
    if key != part["key"]:
        return {"paragraphs": [], "tables": [table for table in part["tables"] if table.get("key") == key]}
    return {**part, "tables": [table for table in part["tables"] if not table.get("key")]}


class BulletinAgreeAll(FormPage):
    """全部同意: the titles of all items without a verdict, each to be ticked, and those that need a look of their own."""

    permission = P.BULLETIN_SUPERVISE
    form_class = JointAgreementForm
    template_name = "community/bulletins/agree_all.html"

    def load(self, month):
        self.bulletin = bulletin_of(self.request, month, self.permission)
        self.back = bulletin_url(self.request, "detail", month=month)
        try:
            actions.check_review(bulletin=self.bulletin, by=self.request.user)
        except actions.BulletinError as refusal:
            messages.error(self.request, refusal.sentence)
            return redirect(self.back)
        self.agreement = joint_agreement(self.bulletin, take_snapshot(self.bulletin))
        return None

    def form_arguments(self) -> dict:
        changed = {change.key for change in differences(self.bulletin)}
        return {
            "offered": self.agreement.offered,
            "changed": changed,
            "initial": {"seen": self.bulletin.version},
        }

    def perform(self, form) -> str:
        keys, seen = form.cleaned_data["items"], form.cleaned_data["seen"]
        count = review.agree_to_items(
            bulletin=self.bulletin, seen_version=seen, by=self.request.user, keys=keys
        )
        left = len(self.agreement.offered) + len(self.agreement.left_out) - count
        self.message = f"已同意{count}项。" + (
            f"其余{left}项请逐项审核。" if left else "全部条目已审，可以通过审核。"
        )
        return f"{self.back}#decision" if not left else self.back

    def refuse(self, form, refusal):
        """The titles as they are now, to be ticked anew."""
        self.bulletin.refresh_from_db()
        messages.error(self.request, refusal.sentence)
        return self.load(self.bulletin.month) or self.show(self.make_form(), status=422)

    def extra_context(self, form) -> dict:
        return {"bulletin": self.bulletin, "agreement": self.agreement}
