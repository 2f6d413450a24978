"""A form filled with people, read from the register and all, against openpyxl loading and saving that file."""

import io
from functools import partial

import openpyxl

from community.accounts.models import User
from community.people.models import Person
from portal.access.db_scope import scope
from portal.access.user_access import Access
from portal.form_filling.process import fill, parse_form
from residents.form_filling.fields import words
from residents.form_filling.match_proposals import proposals
from residents.form_filling.models import FormFilling
from residents.form_filling.orders import prepare
from tests.benchmarks.measures import Measure, at_most, best
from tests.benchmarks.sizes import SIZES
from tests.blank_forms import FORMS

BAR = 3


def measures() -> list[Measure]:
    """The roster with twenty blank rows, so that nearly all of the rows are put in."""
    access = Access.of(User.objects.get(username="bench"))
    community = access.communities[0]
    content = FORMS["居民花名册"].make()
    with scope(communities=[community.id], write=[community.id]):
        ids = list(
            Person.objects.of(community).order_by("name_key", "id").values_list("pk", flat=True)[: SIZES.form]
        )
        form = parse_form(content, words())
        filling = FormFilling(
            community_id=community.id,
            user=access.user,
            form=form.as_json(),
            sheet=form.layouts[0].sheet,
            how=FormFilling.People.FILTER,
            fields=[one.key for one in proposals(form.layouts[0], access, community)],
        )
        portal = partial(_ours, content, filling, ids, access, community)
        filled = portal()
        value, reference = best(3, portal, partial(_theirs, filled))
    return [at_most(f"form of {SIZES.form:,} rows filled / openpyxl load and save", value, reference, BAR)]


def _ours(content: bytes, filling: FormFilling, ids: list[int], access, community) -> bytes:
    prepared = prepare(filling, ids, access=access, community=community)
    filled, _ = fill(content, prepared.order)
    assert len(prepared.ids) == SIZES.form
    return filled


def _theirs(filled: bytes) -> None:
    openpyxl.load_workbook(io.BytesIO(filled)).save(io.BytesIO())
