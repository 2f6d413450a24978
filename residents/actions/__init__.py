"""Every write in residents/ that changes more than one row."""

from residents.actions.care import dismiss, end_entry
from residents.actions.correction_requests import grant_request, refuse_request, take_request
from residents.actions.doors import Said, see_results, submit_report, unverify_door, verify_door
from residents.actions.families import birth, marry
from residents.actions.findings import check_soundness, list_again, review_findings
from residents.actions.households import Member, change_head, merge, split, transfer
from residents.actions.merging import merge_people
from residents.actions.moves import Stay, endings, move_in, move_out, open_residences, record_death
from residents.actions.people import add_person, correct_people, correct_person, settle
from residents.actions.places import relabel, settle_at
from residents.actions.refusals import Refusal
from residents.actions.reviews import (
    BY_EVENT,
    accept_by_event,
    accept_report,
    may_review,
    reject,
    said_by_head,
    send_back,
)
from residents.actions.rounds import enter_round
from residents.actions.undo import ended_elsewhere, stays_ended, undo
from residents.actions.unmerging import undo_merge
from residents.actions.visits import cancel_visit, log_unplanned, log_visit, plan_visits

__all__ = [
    "BY_EVENT",
    "Member",
    "Refusal",
    "Said",
    "Stay",
    "accept_by_event",
    "accept_report",
    "add_person",
    "birth",
    "cancel_visit",
    "change_head",
    "check_soundness",
    "correct_people",
    "correct_person",
    "dismiss",
    "end_entry",
    "ended_elsewhere",
    "endings",
    "enter_round",
    "grant_request",
    "list_again",
    "log_unplanned",
    "log_visit",
    "marry",
    "may_review",
    "merge",
    "merge_people",
    "move_in",
    "move_out",
    "open_residences",
    "plan_visits",
    "record_death",
    "refuse_request",
    "reject",
    "relabel",
    "review_findings",
    "said_by_head",
    "see_results",
    "send_back",
    "settle",
    "settle_at",
    "split",
    "stays_ended",
    "submit_report",
    "take_request",
    "transfer",
    "undo",
    "undo_merge",
    "unverify_door",
    "verify_door",
]
