"""Everything that registers itself at start is there.

A module that discovery does not import loses its registers, hooks, rules or checks without any error. Each list here
is written down by hand: a change of it is a change of what the portal does.
"""

from collections import Counter

import pytest
from django.core.checks.registry import registry
from django.db.models.signals import post_migrate
from django.urls import URLResolver, get_resolver

from community.dated_rules.rules import DEFAULTS
from portal.access.user_access import Access
from portal.hooks.registry import _registry
from portal.menu.menu import acts_of, pages_of
from portal.registers.registry import all_registers
from portal.retention.data_categories import categories

OURS = ("portal", "community", "residents", "partybuilding", "services", "security")

REGISTERS = """
community:activity community:agreement community:area community:body community:bodymember
community:budgetline community:building community:financecategory community:financeentry
community:financemonth community:fulfilment community:fund community:headappointment community:honour
community:issueline community:issuelist community:medium community:post community:postholder
community:promise community:resolution community:servicehours community:stairwell community:stockbatch
community:stockitem community:stockslip community:stocktake community:task community:unit community:venue
community:venuebooking community:venueclosure community:venuehours partybuilding:appraisal
partybuilding:donation partybuilding:donationreceipt partybuilding:donationuse partybuilding:donor
partybuilding:duespayment partybuilding:duesyear partybuilding:dutycheckin partybuilding:dutyclaim
partybuilding:dutypost partybuilding:election partybuilding:goodsdonation partybuilding:member
partybuilding:memberstep partybuilding:transfer residents:carechild residents:correction
residents:disability residents:dwelling residents:elder residents:event residents:household
residents:lowincome residents:maternal residents:person residents:personmerge residents:report
residents:retiree residents:specialcare residents:unemployed residents:visit services:complaint
services:hotlineorder services:inspection services:proposal
services:replytemplate services:request
""".split()
HOOKS = {
    "about": 7,
    "body_ended": 2,
    "booked_for": 1,
    "bulletin_rows": 12,
    "bulletin_sections": 12,
    "calendar_changed": 1,
    "demo_accounts": 1,
    "due": 48,
    "event_basis": 2,
    "figures": 15,
    "finance_entry_changed": 1,
    "finance_entry_off": 1,
    "finance_entry_on": 1,
    "find": 23,
    "first_steps": 3,
    "forwarded_answer": 2,
    "head_pages": 1,
    "hidden_requests": 1,
    "member_year": 4,
    "merged_people": 1,
    "minutes_parts": 2,
    "nightly": 7,
    "person_labels": 2,
    "person_left": 9,
    "person_roles": 1,
    "personal_data": 1,
    "place_deleted": 1,
    "place_held": 1,
    "private_words": 2,
    "public_tiles": 5,
    "receive": 2,
    "renamed": 1,
    "resolution_about": 2,
    "role_ended": 1,
    "role_restored": 1,
    "secrets": 11,
    "sensitive": 1,
    "slip_sources": 1,
    "soundness": 3,
    "spellings": 2,
    "street": 2,
    "timeline": 15,
    "track": 5,
}
"""Number of implementations of each hook."""
RETENTION_CATEGORIES = """
community.Absence community.Activity community.Agreement community.AidRecipient community.Body
community.BodyMember community.Bulletin community.FinanceEntry community.FinanceMonth community.Forwarded
community.HeadAppointment community.IssueList community.Objection community.Person community.Phone
community.PostHolder community.StockSlip community.Stocktake community.Task community.Unit community.User
community.VenueBooking partybuilding.Appraisal partybuilding.Donation partybuilding.Donor
partybuilding.DutyCheckIn partybuilding.DutyClaim partybuilding.Election partybuilding.GoodsDonation
partybuilding.JointInvitation partybuilding.Member portal.AccessLog portal.Attachment portal.BulkChange
portal.Draft portal.HandedOver portal.ImportBatch portal.MadeFile portal.OwnLinks portal.Release
portal.SavedList portal.StoredFile residents.CareChild residents.ChangeReport
residents.CorrectionRequest residents.Disability residents.Dwelling residents.Elder residents.FindingReview
residents.FormFilling residents.HealthNotice residents.HealthRecord residents.Household residents.LowIncome
residents.Maternal residents.PersonMerge residents.PopulationEvent residents.Retiree residents.SpecialCare
residents.Unemployed residents.Verification residents.Visit services.CategoryOwner services.DeputyInspection
services.Proposal services.ReplyTemplate services.Request services.StaffComplaint
""".split()
DATED_RULES = """
agreement_notice_days allowance_age body_term_notice_months bulletin_notice_days care_lookback_days
care_notice_days complaint_days complaint_silent_days correction_days death_notice_days
donation_unspent_months duty_neglect_months elder_age finance_close_days follow_up_cancer_days
follow_up_copd_days follow_up_coronary_days follow_up_diabetes_days follow_up_elderly_days
follow_up_hypertension_days follow_up_mental_days follow_up_stroke_days follow_up_tuberculosis_days
health_record_age infectious_a_hours infectious_hours party_activist_months party_applicant_age
party_appraisal_months party_approval_months
party_approval_months_most party_assembly_months party_committee_meeting_months party_dues_due_months
party_dues_first_base party_dues_first_rate party_dues_fourth_base party_dues_fourth_rate
party_dues_retired_first_base party_dues_retired_first_rate party_dues_retired_second_base
party_dues_retired_second_rate party_dues_second_base party_dues_second_rate party_dues_third_base
party_dues_third_rate party_election_majority_percent party_election_notice_days
party_election_quorum_percent party_excellent_percent party_extension_least_months
party_extension_most_months party_full_meeting_days party_group_meeting_months party_lecture_months
party_letter_days party_life_meeting_months party_life_notice_days party_look_months party_lost_months
party_make_up_days party_probation_months party_probation_notice_days party_talk_months
party_theme_day_months party_training_days pressure_age proposal_months proposal_second_months request_days
request_days_neighbours request_days_noise request_days_other request_days_papers request_days_parking
request_days_property request_days_repair request_days_safety request_days_sanitation
request_days_suggestion request_days_welfare request_rejected_days request_silent_days request_waiting_days
school_age stock_expiry_notice_days stock_stocktake_months visit_child_days visit_disabled_days
visit_elderly_days visit_low_income_days visit_maternal_days visit_retired_days visit_special_care_days
visit_unemployed_days
""".split()
SYSTEM_CHECKS = [
    "keys_are_readable",
    "served_over_https",
    "tables_are_protected",
    "tracked_models_have_their_triggers",
]
POST_MIGRATE = 2
"""Receivers of the signal."""
ROUTES = {
    "portal": (30, 30),
    "community": (618, 621),
    "residents": (400, 403),
    "partybuilding": (281, 281),
    "services": (117, 120),
}
"""Routes by namespace: URL names, and routes in all, as some names have several."""
MENU_OF_DIRECTOR = 128
"""Pages that the director's menus lead to."""
ACTS_OF_DIRECTOR = 66
"""Acts on the front pages of the director's areas."""


def test_registers():
    assert sorted(register.label for register in all_registers()) == sorted(REGISTERS)


def test_hook_implementations():
    assert {str(kind): len(functions) for kind, functions in _registry.items() if functions} == HOOKS


def test_retention_categories():
    assert sorted(category.label for category in categories()) == sorted(RETENTION_CATEGORIES)


def test_dated_rules():
    assert sorted(map(str, DEFAULTS)) == sorted(DATED_RULES)


def test_system_checks():
    checks = registry.get_checks(include_deployment_checks=True)
    assert sorted(check.__name__ for check in checks if is_ours(check)) == SYSTEM_CHECKS


def test_receivers_after_migrations():
    live = [reference() for _, reference, *_ in post_migrate.receivers]
    assert len([receiver for receiver in live if is_ours(receiver)]) == POST_MIGRATE


def test_routes():
    routes = list(routes_of(get_resolver()))
    number = Counter(namespace for namespace, _ in routes)
    names = Counter(namespace for namespace, _ in set(routes))
    assert {namespace: (names[namespace], number[namespace]) for namespace in number} == ROUTES


@pytest.mark.django_db
def test_menu(cast, house):
    access, community = Access.of(cast["director"]), house.kuocang.ref
    assert len(pages_of(access, community)) == MENU_OF_DIRECTOR
    assert len(acts_of(access, community)) == ACTS_OF_DIRECTOR


def is_ours(function) -> bool:
    return function is not None and function.__module__.partition(".")[0] in OURS


def routes_of(resolver, namespace: str = ""):
    """(namespace, name) of every named route."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes_of(pattern, pattern.namespace or namespace)
        elif pattern.name:
            yield namespace, pattern.name
