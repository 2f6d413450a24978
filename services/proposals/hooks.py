"""Hooks of proposals: to-do, search, figures, acts."""

import datetime
from collections.abc import Collection, Iterator
from decimal import Decimal

from django.db.models import Count, Q

from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.cases.due import cases_due
from portal.hooks.due import Due
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea, add_act
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords
from services.proposals.models import DeputyInspection, Proposal
from services.proposals.registers import DeputyInspectionRegister, ProposalRegister

add_act(DeskArea.SERVICES, "登记建议提案", "services:proposal_create", P.PROPOSALS, 30)


@hook(Hook.DUE)
def proposals_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Proposals to be assigned, and the user's own."""
    yield from cases_due(ProposalRegister(), access, communities, {"received": "去交办"})


@hook(Hook.SEARCH)
def search_proposals(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Proposals and inspections that match a search of the page head."""
    yield from search_register(ProposalRegister(), access, community, words, 15)
    yield from search_register(DeputyInspectionRegister(), access, community, words, 16)


@hook(Hook.FIGURES)
def proposal_figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Share of the year's proposals that are closed, and the inspections of the year."""

    def closed_rate() -> Decimal | None:
        received = Proposal.objects.of(community).filter(received_at__year=year)
        counts = received.aggregate(all=Count("pk"), closed=Count("pk", Q(ended_at__isnull=False)))
        return round(Decimal(100 * counts["closed"]) / counts["all"], 1) if counts["all"] else None

    def of_year(name: str) -> str:
        return f"{name}_from={year}-01-01&{name}_to={year}-12-31"

    url = ProposalRegister().url("list", community)
    yield Figure(
        "proposals_closed_rate", "建议提案办结率", closed_rate, "%", f"{url}?{of_year('received_at')}"
    )
    inspections = DeputyInspection.objects.of(community).filter(held_on__year=year)
    url = DeputyInspectionRegister().url("list", community)
    yield Figure(
        "deputy_inspections_year", "代表视察活动", inspections.count, "次", f"{url}?{of_year('held_on')}"
    )
