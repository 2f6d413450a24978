"""A branch secretary finds nothing of another branch, on whatever page, in whatever file and by whatever hook."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from partybuilding.appraisal.models import Appraisal
from partybuilding.elections.models import Election
from partybuilding.members.models import Member
from portal.access.permissions import Permission as P
from portal.access.roles import BODY_RIGHTS
from portal.access.user_access import Access
from portal.attachments.models import Attachment
from portal.bulk_change.models import BulkChange, BulkRow
from portal.hooks.registry import Hook, call_hooks
from portal.registers.registry import all_registers
from portal.registers.search_words import SearchWords
from tests.partybuilding.members.conftest import make_duty

pytestmark = pytest.mark.django_db

Day = datetime.date


def _registers():
    """Every register whose rows are given by a right held at a body, of whatever feature."""
    return [register for register in all_registers() if register.view in BODY_RIGHTS]


def _client(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _text(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", errors="replace")


def _surfaces(register, community):
    """Pages and files that show many rows: (address, method, data)."""
    yield register.url("list", community), "get", {}
    yield f"{register.url('list', community)}?size=200", "get", {}
    yield f"{register.url('list', community)}?q=叶外支", "get", {}
    if register.export_right:
        yield register.url("export", community), "post", {"format": "csv"}


def test_lists_and_exports_show_own_branch_only(house, cast, members):
    """Negative control: whoever looks after all branches finds the other member on the same pages."""
    community, of_community = house.kuocang.ref, {"community": house.kuocang}
    make_duty(members.other)
    Election.objects.create(**of_community, body=house.branch2, planned_on=Day(2027, 3, 1))
    Appraisal.objects.create(**of_community, branch=house.branch2, year=2025)
    assert len(_registers()) >= 10
    found = {"branch": set(), "party": set()}
    for who, pages in found.items():
        client = _client(cast[who])
        for register in _registers():
            for url, method, data in _surfaces(register, community):
                response = getattr(client, method)(url, data)
                assert response.status_code == 200, (who, url)
                words = "" if "q=" in url else _text(response)
                if "叶外支" in words or "第二党支部" in words:
                    pages.add((register.label, method))
    own = {(register.label, "get") for register in _registers() if register.app == "partybuilding"}
    assert found["branch"] == set()
    assert own <= found["party"]


def test_rows_of_other_branches_cannot_be_named(house, cast, members):
    """Every address with a row, for rows of all registers: detail, history, edit, delete and files."""
    community, client = house.kuocang.ref, _client(cast["branch"])
    for register in _registers():
        foreign = register.model._default_manager.filter(community=house.kuocang)
        foreign = foreign.filter(**{register.model.body_path: house.branch2}).first()
        if foreign is None:
            continue
        for action in set(register.actions) & {"detail", "history", "edit", "delete", "attach"}:
            for method in (client.get, client.post):
                assert method(register.url(action, community, foreign)).status_code in (403, 404, 405)
        assert client.get(register.url("detail", community, foreign)).status_code == 404


def test_files_and_bulk_changes_of_other_branches_are_not_reached(house, cast, members):
    client, base = _client(cast["branch"]), "/c/kuocang/members"
    file = Attachment.objects.create(
        community_id=house.kuocang.pk,
        user_id=cast["party"].pk,
        subject=Member.stored_label,
        row_id=members.other.pk,
        name="介绍信.pdf",
        stored="attachments/other.pdf",
        size=1,
        digest="0" * 32,
    )
    for row in (members.other, members.own):
        assert client.get(f"{base}/{row.uuid}/attachments/{file.uuid}/").status_code == 404
    page = _client(cast["party"]).get(f"{base}/{members.other.uuid}/")
    assert "介绍信.pdf" in _text(page)
    ticked = [f"{base}/{row.uuid}/" for row in (members.own, members.other)]
    client.post(f"{base}/bulk/", {"row": ticked})
    rows = BulkRow.objects.filter(batch__user_id=cast["branch"].pk)
    assert list(rows.values_list("row_id", flat=True)) == [members.own.pk]
    party = _client(cast["party"])
    party.post(f"{base}/bulk/", {"row": ticked})
    foreign = BulkChange.objects.get(user_id=cast["party"].pk)
    assert client.get(f"{base}/bulk/{foreign.uuid}/").status_code == 404
    assert str(foreign.uuid) not in _text(client.get(f"{base}/bulk/"))
    assert party.get(f"{base}/bulk/{foreign.uuid}/").status_code == 200


def test_acts_on_members_of_other_branches_are_not_found(house, cast, members):
    client, base = _client(cast["branch"]), "/c/kuocang/members"
    pages = ("steps/talk/", "extend/", "state/", "end/", "restore/", "year/2025/", "dues/", "pay/")
    for page in pages:
        assert client.get(f"{base}/{members.other.uuid}/{page}").status_code == 404, page
        assert client.post(f"{base}/{members.other.uuid}/{page}").status_code in (404, 405), page
        assert client.get(f"{base}/{members.own.uuid}/{page}").status_code == 200, page
    for page in ("transfer/", "move/", "arrival/", "reveal/"):
        assert client.get(f"{base}/{members.own.uuid}/{page}").status_code == 403, page


def test_a_group_below_the_branch_belongs_to_it(house, cast, members):
    page = _text(_client(cast["branch"]).get("/c/kuocang/members/"))
    assert "林一平" in page
    assert "郑小组" in page


def test_choices_of_the_form_are_own_branches(house, cast, members):
    page = _text(_client(cast["branch"]).get("/c/kuocang/members/new/"))
    assert "第一党支部" in page
    assert "第一党小组" in page
    assert "第二党支部" not in page
    refused = _client(cast["branch"]).post(
        "/c/kuocang/members/new/", {"branch": house.branch2.pk, "name": "王五"}
    )
    assert refused.status_code == 422


def test_hooks_show_own_branch_only(house, cast, members):
    """Search, to-do, card and timeline of a person; with the party's own clerk as negative control."""
    ref, today = house.kuocang.ref, timezone.localdate()
    Member.objects.filter(pk__in=(members.own.pk, members.other.pk)).update(
        state="lost", lost_since="2020-01-01"
    )
    seen = {}
    for who in ("branch", "party"):
        access = Access.of(cast[who])
        answers = [
            *call_hooks(Hook.SEARCH, access, ref, SearchWords.read("叶外支", ref)),
            *call_hooks(Hook.DUE, access, [ref], today),
            *call_hooks(Hook.ABOUT, members.other.person, access),
            *call_hooks(Hook.TIMELINE, members.other.person, access, ref),
        ]
        seen[who] = [each for each in answers if "叶外支" in str(each) or "第二党支部" in str(each)]
    assert seen["branch"] == []
    assert len(seen["party"]) >= 4


def test_rights_of_the_party_are_not_held_at_a_branch(house, cast):
    access = Access.of(cast["branch"])
    assert access.can(P.BRANCH, house.kuocang.ref)
    assert not access.can(P.PARTY, house.kuocang.ref)
    assert access.bodies(P.BRANCH, house.kuocang.pk) == {house.branch.pk, house.party_group.pk}
