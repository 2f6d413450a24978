"""Which items may be agreed to together (全部同意), and which need a review of their own."""

from dataclasses import dataclass, field

from community.bulletins.findings import findings_by_item, findings_of
from community.bulletins.models.bulletin import Bulletin
from community.bulletins.review_items import ItemReview, item_reviews


@dataclass(slots=True)
class JointAgreement:
    """The items without a verdict that may be agreed to together, and those left out, each with the reason."""

    offered: list[ItemReview] = field(default_factory=list)
    left_out: list[tuple[ItemReview, str]] = field(default_factory=list)


def joint_agreement(bulletin: Bulletin, snapshot: dict) -> JointAgreement:
    """What a member may agree to at once: no item with an open finding, none that anybody disagrees with."""
    open_findings = [finding for finding in findings_of(bulletin, snapshot) if finding.waiver is None]
    by_item = findings_by_item(snapshot, open_findings)
    agreement = JointAgreement()
    for review in item_reviews(bulletin, snapshot):
        if review.is_disagreed:
            agreement.left_out.append((review, "有不同意的意见"))
        elif review.is_agreed:
            continue
        elif review.item.key in by_item:
            agreement.left_out.append((review, "有待处理的疑似个人信息"))
        else:
            agreement.offered.append(review)
    return agreement
