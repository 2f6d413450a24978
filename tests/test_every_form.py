"""Fuzzing: every form of every page, and every query parameter, with invalid input.

`make test` walks each page once, as the role with most rights there, and the pages of the second community;
`make nightly` walks all of them as everybody, with every kind of junk in every field.
"""

from collections import Counter

import pytest
from django.test import Client

from portal.registers.registry import all_registers
from tests.addresses import addresses_of
from tests.test_matrix import ANYBODY, CAST, SIGNED_IN, TABLE
from tests.walker import Walk, view_of

pytestmark = [pytest.mark.django_db, pytest.mark.logs_errors, pytest.mark.usefixtures("no_contexts")]

BY_RIGHTS = ("director", "civil", "staff", "health", "supervisor", "head", "member", "street", "admin")
"""Those who may do most first; each page is walked as the first of them who may open it."""
OF_A_KIND = 3
"""For how many registers a page that all of them share is walked."""
DECLARED = tuple(
    f"{register.label}_{action}" for register in all_registers() for action in ("list", "create", "edit")
)
"""Pages that differ from register to register by what is declared."""
LOOKED_AT = {"residents_changereport"}
"""That the head has seen what became of a report is noted as its page is opened."""


@pytest.fixture
def addresses(addresses_of_the_module):
    return addresses_of_the_module


def opener(name: str) -> str:
    allowed = TABLE[name]
    return next(who for who in BY_RIGHTS if allowed in (ANYBODY, SIGNED_IN) or who in allowed)


def few_of_a_kind(addresses, most: int = OF_A_KIND) -> list[tuple[str, str]]:
    """Name and address of the pages, of those that registers share only a few."""
    chosen, of_kind = [], Counter()
    for name, _, url in addresses:
        of_kind[view_of(url)] += 1
        if of_kind[view_of(url)] <= most or name in DECLARED:
            chosen.append((name, url))
    return chosen


def walk(user, urls, *, thorough: bool = False) -> Walk:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    walked = Walk(client, thorough=thorough, bookkeeping=LOOKED_AT)
    for url in urls:
        walked.open(url)
    for url in urls:
        walked.query(url)
    walked.send()
    return walked


@pytest.mark.parametrize("who", BY_RIGHTS)
def test_invalid_input_is_answered_with_an_error_sentence(who, cast, addresses):
    walked = walk(cast[who], [url for name, url in few_of_a_kind(addresses) if opener(name) == who])
    assert walked.faults == []


def test_invalid_input_in_the_second_community(cast, house, samples_of_the_module):
    """The director holds a role there too, and next to nothing is registered."""
    elsewhere = addresses_of(samples_of_the_module, house, cast, house.xizhigou)
    urls = [
        url
        for name, url in few_of_a_kind(elsewhere, most=1)
        if url.startswith("/c/") and opener(name) == "director"
    ]
    walked = walk(cast["director"], urls)
    assert walked.faults == []
    assert len(walked.forms) > 30


def test_walk_covers_many_forms(cast, addresses):
    """Guard against a walk that visits nothing."""
    walked = Walk(Client())
    walked.client.force_login(cast["director"])
    for name, url in few_of_a_kind(addresses):
        if name in DECLARED:
            walked.open(url)
    urls = {form.url for form in walked.forms.values()}
    assert {"/c/kuocang/low-income/new/", "/c/kuocang/buildings/new/", "/c/kuocang/households/new/"} <= urls
    assert walked.parameters["/c/kuocang/people/"] >= {"q", "sort", "page", "size", "saved", "sex", "unknown"}
    assert walked.parameters["/c/kuocang/stairwells/new/"] >= {"building", "unknown"}


@pytest.mark.nightly
@pytest.mark.parametrize("who", ["anonymous", *CAST])
def test_every_kind_of_junk_as_every_role(who, cast, addresses):
    walked = walk(cast.get(who), [url for _, _, url in addresses], thorough=True)
    assert walked.faults == []


@pytest.mark.nightly
@pytest.mark.parametrize("who", ["director", "staff"])
def test_every_role_in_the_second_community(who, cast, house, samples_of_the_module):
    elsewhere = addresses_of(samples_of_the_module, house, cast, house.xizhigou)
    walked = walk(cast[who], [url for _, _, url in elsewhere if url.startswith("/c/")], thorough=True)
    assert walked.faults == []
