"""Snapshot of a bulletin as readers get it: computed sections, boards, aid list with masked names.

A snapshot is plain JSON: `title`, `lead` (the opening sentence), `organisation` (who signs), `month` (2026-10), `address` (of the
public page) and `parts`, each a `key` and a `title` with `paragraphs`, `tables` (`caption`, `header`, `rows` of text), `charts`
(`key`, `title`, `alt`, `svg`, `tables`) and `files` (`uuid`, `name`, `size`, `sha256`). Page, PDF and preview are made from it, so they
cannot differ. A chart is kept as it was drawn: a later version of what draws it must not change what was published. A table that
is reviewed by itself has a `key`, too, for the supervision committee's marks (`community.bulletins.review_items`).
"""

from collections.abc import Callable
from dataclasses import asdict

from django.urls import reverse

from community.bulletins import stored_files
from community.bulletins.models.bulletin import Bulletin, BulletinBoard
from community.communities.models import Community
from community.people.names import mask_name
from portal.access.user_access import Access, CommunityRef
from portal.charts.chart import Chart, Series, description_of, draw, table_of
from portal.hooks.bulletin import BulletinSection
from portal.hooks.registry import Hook, call_hooks
from portal.pages.absolute_urls import absolute_url
from portal.values.months import month_word


def compute_sections(community: Community, month) -> list[dict]:
    """Sections computed by all apps for the month (hook BULLETIN_SECTIONS), as JSON."""
    sections = call_hooks(Hook.BULLETIN_SECTIONS, community, month)
    return [
        _as_json(section, community, month) for section in sorted(sections, key=lambda section: section.order)
    ]


def _as_json(section: BulletinSection, community: Community, month) -> dict:
    """The section as JSON, with the URLs of the rows behind its numbers."""
    fields = asdict(section)
    for number in fields["numbers"]:
        if key := number.pop("rows"):
            kwargs = {"community": community.code, "month": month, "key": key}
            number["url"] = reverse("community:bulletin_rows", kwargs=kwargs)
    return fields


def sections_of(bulletin: Bulletin) -> list[dict]:
    """Computed sections: frozen at submission, recomputed while first drafting.

    A correction starts from the published numbers, which do not follow the register by themselves.
    """
    if bulletin.state == Bulletin.State.DRAFT and bulletin.open_correction is None:
        return compute_sections(bulletin.community, bulletin.month)
    return bulletin.sections


def take_snapshot(bulletin: Bulletin, sections: list[dict] | None = None) -> dict:
    """Snapshot of the bulletin's current content; `sections` are its computed sections, where the caller has them."""
    community, month = bulletin.community, bulletin.month
    correction = bulletin.open_correction
    sections = sections_of(bulletin) if sections is None else sections
    recipients = bulletin.recipients
    names = [recipient.person.name for recipient in recipients]
    parts = [_computed_part(section) for section in sections]
    boards = {board.kind: board for board in bulletin.boards.all()}
    for kind in BulletinBoard.Kind:
        text = boards[kind].text if kind in boards else ""
        tables = [_aid_table(recipients)] if kind == BulletinBoard.Kind.RESIDENTIAL and recipients else []
        part = {"key": f"board:{kind}", "title": kind.label}
        parts.append({**part, "paragraphs": _paragraphs(text, names), "tables": tables})
    if files := stored_files.part_of(bulletin):
        parts.append(files)
    lead = f"现将{month_word(month)}党务、居务、财务事项公开如下，接受全体居民监督。"
    if correction:
        lead += f"本版为第{correction.number}版，更正原因：{correction.reason}。"
    return {
        "title": f"{community.name}{month_word(month)}居务公开",
        "lead": lead,
        "organisation": f"{community.name}居民委员会",
        "month": f"{month:%Y-%m}",
        "address": public_address(community, month),
        "parts": parts,
    }


def public_address(community: CommunityRef | Community, month) -> str:
    """Public address of the month's bulletin, for the QR code on paper."""
    return absolute_url("community:disclosure_detail", code=community.code, month=month)


def _computed_part(section: dict) -> dict:
    table = {"caption": "", "header": list(section["header"]), "rows": [list(row) for row in section["rows"]]}
    # Bulletins submitted before sections had keys have neither key nor charts.
    key = section.get("key", section["title"])
    charts = [_chart_from_json(stored) for stored in section.get("charts", ())]
    return {
        "key": key,
        "title": section["title"],
        "paragraphs": list(section["sentences"]),
        "tables": [table] if table["rows"] else [],
        "charts": [
            {
                "key": f"{key}.{chart.key}",
                "title": chart.title,
                "alt": description_of(chart),
                "svg": draw(chart),
                "tables": [table_of(chart)] if chart.is_tabled else [],
            }
            for chart in charts
        ],
    }


def _chart_from_json(stored: dict) -> Chart:
    """Restore a chart from its JSON."""
    series = tuple(Series(**each) for each in stored["series"])
    return Chart(**{**stored, "series": series})


def draw_chart(sections: list[dict], key: str) -> str | None:
    """SVG of one chart of computed sections; None for an unknown key."""
    for section in sections:
        for stored in section.get("charts", ()):
            if f"{section['key']}.{stored['key']}" == key:
                return draw(_chart_from_json(stored))
    return None


def chart_in(snapshot: dict, key: str) -> dict | None:
    """Chart of this key in a snapshot, or None."""
    charts = (chart for part in snapshot["parts"] for chart in part.get("charts", ()))
    return next((chart for chart in charts if chart["key"] == key), None)


def tables_in(part: dict) -> list[dict]:
    """All tables of a part, including those of its charts."""
    return [*part["tables"], *(table for chart in part.get("charts", ()) for table in chart["tables"])]


def with_urls(snapshot: dict, chart_url: Callable[[str], str], file_url: Callable[[str], str]) -> dict:
    """The snapshot with URLs of charts and files for a page."""
    parts = [
        {
            **part,
            "charts": [{**chart, "url": chart_url(chart["key"])} for chart in part.get("charts", ())],
            "files": [{**file, "url": file_url(file["uuid"])} for file in part.get("files", ())],
        }
        for part in snapshot["parts"]
    ]
    return {**snapshot, "parts": parts}


def with_drill_down(snapshot: dict, sections: list[dict], access: Access, community: CommunityRef) -> dict:
    """The snapshot with each section's numbers, with drill-down links where this user may see the rows."""
    numbers = {
        section["key"]: [
            {
                **number,
                "url": number["url"] if not number["right"] or access.can(number["right"], community) else "",
            }
            for number in section["numbers"]
        ]
        for section in sections
        if "key" in section
    }
    return {
        **snapshot,
        "parts": [{**part, "numbers": numbers.get(part.get("key"), [])} for part in snapshot["parts"]],
    }


def _paragraphs(text: str, names: list[str]) -> list[str]:
    """Lines of a board, with names of aid recipients masked."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, mask_name(name))
    return [line.strip() for line in text.splitlines() if line.strip()]


def _aid_table(recipients) -> dict:
    rows = [[mask_name(r.person.name), r.aid, f"{r.amount:.2f}"] for r in recipients]
    return {"key": "aid", "caption": "救助名单", "header": ["姓名", "救助项目", "金额（元）"], "rows": rows}
