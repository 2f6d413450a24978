"""The content of a bulletin as readers get it: computed parts, boards, aid list with masked names.

A snapshot is plain JSON: `title`, `lead` (the opening sentence), `organisation` (who signs), `month` (2026-10) and `parts`, each a
`title` with `paragraphs` and `tables` (`caption`, `header`, `rows` of text). Page, PDF and preview are
made from it, so they cannot differ. `key` names a part, and a table that is reviewed by itself, for the
supervision committee's marks (`community.items`).
"""

from dataclasses import asdict

from community.models import Bulletin, BulletinBoard, Community
from community.months import month_word
from community.names import mask_name
from portal.offers import Kind, answers


def compute_sections(community: Community, month) -> list[dict]:
    """What the apps tell about the month, as JSON."""
    return [asdict(section) for section in answers(Kind.BULLETIN_SECTIONS, community, month)]


def take_snapshot(bulletin: Bulletin) -> dict:
    """The bulletin's content now. Computed parts are those of the submission, while first drafting today's.

    A correction begins from what was published, so its numbers do not follow the register by themselves.
    """
    community, month = bulletin.community, bulletin.month
    correction = bulletin.open_correction()
    sections = bulletin.sections
    if bulletin.state == Bulletin.State.DRAFT and correction is None:
        sections = compute_sections(community, month)
    recipients = list(bulletin.aid_recipients.select_related("person").order_by("id"))
    names = [recipient.person.name for recipient in recipients]
    parts = [_computed_part(section) for section in sections]
    boards = {board.kind: board for board in bulletin.boards.all()}
    for kind in BulletinBoard.Kind:
        text = boards[kind].text if kind in boards else ""
        tables = [_aid_table(recipients)] if kind == BulletinBoard.Kind.RESIDENTIAL and recipients else []
        part = {"key": f"board:{kind}", "title": kind.label}
        parts.append({**part, "paragraphs": _paragraphs(text, names), "tables": tables})
    lead = f"现将{month_word(month)}党务、居务、财务事项公开如下，接受全体居民监督。"
    if correction:
        lead += f"本版为第{correction.number}版，更正原因：{correction.reason}。"
    return {
        "title": f"{community.name}{month_word(month)}居务公开",
        "lead": lead,
        "organisation": f"{community.name}居民委员会",
        "month": f"{month:%Y-%m}",
        "parts": parts,
    }


def _computed_part(section: dict) -> dict:
    table = {"caption": "", "header": list(section["header"]), "rows": [list(row) for row in section["rows"]]}
    return {
        "key": f"section:{section['title']}",
        "title": section["title"],
        "paragraphs": list(section["sentences"]),
        "tables": [table] if table["rows"] else [],
    }


def _paragraphs(text: str, names: list[str]) -> list[str]:
    """The lines of a board. A recipient of aid is masked there too, should the writer have used the name."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, mask_name(name))
    return [line.strip() for line in text.splitlines() if line.strip()]


def _aid_table(recipients) -> dict:
    rows = [[mask_name(r.person.name), r.aid, f"{r.amount:.2f}"] for r in recipients]
    return {"key": "aid", "caption": "救助名单", "header": ["姓名", "救助项目", "金额（元）"], "rows": rows}
