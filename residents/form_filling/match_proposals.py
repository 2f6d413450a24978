"""Proposals of which field of the register a column of a form means."""

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.form_filling.layout import FormColumn, Layout
from portal.form_filling.matching import Matcher, Proposal
from portal.form_filling.protocol import ParsedForm
from portal.importing.memory import fingerprint
from residents.form_filling.fields import vocabulary
from residents.form_filling.models import FormFilling, FormMatch


def proposals(layout: Layout, access: Access, community: CommunityRef) -> list[Proposal]:
    """The proposed field of each column."""
    matcher, people = _matcher(access, community), fillable(layout)
    unfilled = Proposal("", 0, "序号自动编写"), Proposal("", 0, "这一栏有公式，保留公式")
    return [
        matcher.propose(column) if column in people else unfilled[column.column != layout.number_column]
        for column in layout.columns
    ]


def proposed_heads(layout: Layout, access: Access, community: CommunityRef) -> list[Proposal]:
    """The proposed field of each line above a household's block; 联系电话 there is the head's."""
    matcher = _matcher(access, community)
    heads = layout.blocks[0].heads if layout.blocks else ()
    proposals = []
    for line in heads:
        proposal = matcher.propose(FormColumn(line.column, line.label))
        of_head = {"phone": "head_phone", "name": "head_name", "id_number": "head_id_number"}.get(
            proposal.key
        )
        proposals.append(
            Proposal(of_head, proposal.percent, f"这里问的是户主：{proposal.reason}") if of_head else proposal
        )
    return proposals


def _matcher(access: Access, community: CommunityRef) -> Matcher:
    return Matcher(vocabulary(access.can(Permission.CARE, community)))


def remembered_match(community: CommunityRef, layout: Layout) -> FormMatch | None:
    """The match that was confirmed for this header."""
    key = fingerprint([column.name for column in layout.columns])
    match = FormMatch.objects.of(community).filter(fingerprint=key).first()
    return match if match and len(match.fields) == len(layout.columns) else None


def layout_of(filling: FormFilling) -> Layout:
    """The sheet that is filled."""
    form = ParsedForm.of_json(filling.form)
    return next(
        (sheet_layout for sheet_layout in form.layouts if sheet_layout.sheet == filling.sheet),
        form.layouts[0],
    )


def fillable(layout: Layout) -> list[FormColumn]:
    """The columns to fill: all but 序号 and formulas."""
    return [
        column for column in layout.columns if column.column != layout.number_column and not column.formula
    ]
