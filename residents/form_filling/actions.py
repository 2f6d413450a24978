"""Steps of filling a form: receive it, match its columns, remember the match, choose people."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.form_filling.layout import Layout
from portal.form_filling.process import parse_form
from portal.form_filling.protocol import ParsedForm
from portal.importing.memory import fingerprint
from residents.form_filling.fields import guess_blank, vocabulary, words
from residents.form_filling.match_proposals import layout_of, proposals, proposed_heads, remembered_match
from residents.form_filling.models import FormFilling, FormMatch


def receive_form(*, by, access: Access, community: CommunityRef, name: str, content: bytes) -> FormFilling:
    """Store an uploaded form encrypted, with proposed matches. Raises SpreadsheetError when it cannot be filled."""
    form = parse_form(content, words())
    filling = FormFilling(community_id=community.id, user=by, file_name=name[:200], form=form.as_json())
    choose_sheet(filling=filling, sheet=_best(form).sheet, access=access, community=community)
    filling.write_content(content)
    return filling


def _best(form: ParsedForm) -> Layout:
    """The sheet to begin with: the visible one with most columns."""
    return max(form.layouts, key=lambda layout: (not layout.hidden, len(layout.columns)))


def choose_sheet(*, filling: FormFilling, sheet: str, access: Access, community: CommunityRef) -> None:
    """Choose the sheet; its columns are matched as confirmed before for this header, else as proposed."""
    filling.sheet = sheet
    layout = layout_of(filling)
    match = remembered_match(community, layout)
    filling.fields = (
        allowed(match.fields, access, community)
        if match
        else [proposal.key for proposal in proposals(layout, access, community)]
    )
    filling.heads = [proposal.key for proposal in proposed_heads(layout, access, community)]
    filling.blanks = {blank.key: guess_blank(blank.label) for blank in layout.blanks}
    filling.how, filling.chosen = "", {}
    filling.save()


def allowed(fields: Sequence[str], access: Access, community: CommunityRef) -> list[str]:
    """The fields, with those blanked that no longer exist or that this user may not fill in."""
    offered = {field.key for field in vocabulary(access.can(Permission.CARE, community)).fields}
    return [key if key in offered else "" for key in fields]


@transaction.atomic
def confirm_match(
    *,
    filling: FormFilling,
    fields: Sequence[str],
    heads: Sequence[str],
    blanks: Mapping[str, str],
    by,
    access: Access,
    community: CommunityRef,
) -> None:
    """Store the confirmed matches, also for the next form with this header."""
    layout = layout_of(filling)
    filling.fields = allowed(fields, access, community)
    filling.heads = allowed(heads, access, community)
    filling.blanks = dict(blanks)
    filling.save(update_fields=["fields", "heads", "blanks"])
    names = [column.name for column in layout.columns]
    FormMatch.objects.update_or_create(
        community_id=community.id,
        fingerprint=fingerprint(names),
        defaults={
            "title": (layout.title or filling.file_name)[:120],
            "headers": names,
            "fields": filling.fields,
            "confirmed_by": by,
            "confirmed_at": timezone.now(),
        },
    )


def choose_people(
    *,
    filling: FormFilling,
    how: str,
    query: str = "",
    whole: bool = False,
    chosen: Mapping[str, int] | None = None,
) -> None:
    """Store with whom the form is filled."""
    filling.how, filling.query, filling.whole, filling.chosen = how, query, whole, dict(chosen or {})
    filling.save(update_fields=["how", "query", "whole", "chosen"])
