"""Permission matrix: every URL × the cast → expected answer. Written from who is to open what, not from the code; a URL without a row fails.

Expected of a GET: strangers 404, members without the right 403, the logged-out go to login. Pages that
take only POST answer 405 to those who may, after the right was checked.
"""

import io
import re

import pytest
from django.conf import settings
from django.test import Client
from pypdf import PdfWriter

from portal.access.permissions import Permission
from portal.access.roles import ROLES
from portal.access.user_access import Access
from tests.addresses import URLS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_contexts")]

ANYBODY = "anybody"
SIGNED_IN = "signed in"

HOUSE = {"director", "staff", "civil", "both", "finance", "party", "security"}
STAFF = {"director", "staff", "civil", "both"}
PEOPLE = HOUSE | {"supervisor", "supervisor2"}
MEMBERS = PEOPLE | {"branch", "patrol", "health", "mediator"}
BODIES = STAFF | {"party"}
ACTIVITIES = STAFF | {"party", "branch"}
"""The meeting of the house is that of the branch whose secretary is `branch`."""
PARTY = {"director", "party"}
GOODS = PARTY | {"finance"}
BRANCH = PARTY | {"branch"}
"""Who looks after party members: the secretary those of the own branch."""
HEADS = {"head", "head2", "group"}
ON_PHONES = {"member", "member2"}
OFFICIALS = {"street", "street2"}
CARE = {"director", "civil", "both"}
SUPERVISORS = {"supervisor", "supervisor2"}
BOARD = STAFF | SUPERVISORS
DIRECTOR = {"director"}
KEEPERS = DIRECTOR | {"finance"}
"""Who keeps the books; supervisors read them and their vouchers."""
BOOKS = KEEPERS | SUPERVISORS
HEALTH = {"health"}
COMPLAINTS = SUPERVISORS | DIRECTOR
DONATIONS = {"director", "finance", "party"}
CAST = sorted(MEMBERS | HEADS | ON_PHONES | OFFICIALS | {"admin", "stranger", "nobody"})
READERS = {"anonymous", "director", "party", "branch", "supervisor", "head", "member", "street", "admin"}
"""One of each kind, for whom test_links lays out the pages, too; here it is left at what everybody is answered."""
ALIKE = {
    "supervisor2": "supervisor",
    "mediator": "patrol",
    "member2": "member",
}
"""Who has no other rights than somebody else, as far as any page asks for them; only the other walks through the pages."""


def register(
    app: str,
    noun: str,
    *,
    view,
    edit=None,
    export=None,
    imports=None,
    history=STAFF,
    pick=False,
    bulk=True,
    attached=None,
    similar=False,
) -> dict:
    """The rows of a register's pages. `attached`: who may open attachments; `bulk`: whether a field may be changed in bulk;
    `similar`: whether its form looks for doubles.
    """
    table = {f"{app}:{noun}_list": view, f"{app}:{noun}_detail": view, f"{app}:{noun}_history": history}
    table[f"{app}:{noun}_columns"] = view
    if pick:
        table[f"{app}:{noun}_pick"] = view
    if edit:
        table |= {f"{app}:{noun}_{action}": edit for action in ("create", "edit", "delete")}
    if similar:
        table[f"{app}:{noun}_similar"] = edit
    if edit and bulk:
        table |= {f"{app}:{noun}_bulk{page}": edit for page in ("", "_batch", "_apply", "_undo", "_discard")}
    if attached:
        table[f"{app}:{noun}_attachment"] = attached
        table |= {
            f"{app}:{noun}_{page}": (edit or attached) & attached for page in ("attach", "attachment_delete")
        }
    if export:
        table |= {f"{app}:{noun}_export": export, f"{app}:{noun}_ledger": export}
    if imports:
        table |= {
            f"{app}:{noun}_{action}": imports
            for action in (
                "import",
                "import_batch",
                "import_decide",
                "import_correct",
                "import_template",
                "import_mapping",
                "import_apply",
                "import_refused",
                "import_undo",
                "import_discard",
            )
        }
    return table


TABLE = {
    "portal:login": ANYBODY,
    "portal:logout": SIGNED_IN,
    "portal:password": SIGNED_IN,
    "portal:sessions": SIGNED_IN,
    "portal:session_end": SIGNED_IN,
    "portal:access_log": DIRECTOR,
    "portal:retention": DIRECTOR,
    "portal:deployment": {"admin"},
    **{f"portal:working_day{page}": {"admin"} for page in ("s", "_create", "_edit", "_delete")},
    "portal:search": MEMBERS,
    "portal:search_everywhere": SIGNED_IN,
    "portal:own_links": MEMBERS,
    "portal:own_pin": MEMBERS,
    "portal:todo": SIGNED_IN,
    "portal:todo_count": SIGNED_IN,
    "portal:todo_read": SIGNED_IN,
    "portal:job_detail": MEMBERS,  # one's own jobs only; nobody here has one
    "portal:job_file": MEMBERS,  # likewise
    "portal:saved_lists": MEMBERS,
    "portal:saved_create": PEOPLE,
    "portal:saved_count": PEOPLE,
    "portal:saved_edit": {"staff", "director"},  # whose list it is, and who looks after shared ones
    "portal:saved_delete": {"staff", "director"},
    "portal:sensitive_export_detail": STAFF,
    "portal:sensitive_export_decide": STAFF,
    "portal:sensitive_export_file": {"staff"},  # whose file it is
    "portal:sensitive_export_withdraw": {"staff"},
    "community:front": ANYBODY,
    "community:robots": ANYBODY,
    "community:home": SIGNED_IN,
    "community:community_home": MEMBERS,
    "community:desk_area": PEOPLE,  # 居民, the area of the sample address
    "community:person_pick": PEOPLE,
    "community:organisation": HOUSE,
    "community:profile_edit": DIRECTOR,
    **register("community", "area", view=HOUSE, edit=STAFF, export=HOUSE, imports=STAFF),
    **register("community", "building", view=HOUSE, edit=STAFF, export=HOUSE, imports=STAFF),
    **register("community", "stairwell", view=HOUSE, edit=STAFF, export=HOUSE),
    **register("community", "headappointment", view=HOUSE, edit=STAFF, export=HOUSE, attached=HOUSE),
    # The first body is a team; those of the party are changed by others (tests/community/bodies).
    **register("community", "body", view=HOUSE, edit=STAFF, export=HOUSE, attached=HOUSE),
    "community:body_create": BODIES,
    **{f"community:body_bulk{page}": BODIES for page in ("", "_batch", "_apply", "_undo", "_discard")},
    **{f"community:body_{page}": STAFF for page in ("end", "restore", "term")},
    **register("community", "post", view=HOUSE, edit=STAFF, export=HOUSE),
    **register("community", "postholder", view=HOUSE, edit=STAFF, export=HOUSE, attached=HOUSE),
    **register("community", "bodymember", view=HOUSE, edit=STAFF, export=HOUSE),
    **{
        f"community:{noun}_{page}": BODIES
        for noun in ("post", "postholder", "bodymember")
        for page in ("create", "bulk", "bulk_batch", "bulk_apply", "bulk_undo", "bulk_discard")
    },
    **register(
        "community", "activity", view=ACTIVITIES, edit=ACTIVITIES, export=ACTIVITIES, attached=ACTIVITIES
    ),
    **{
        f"community:activity_{page}": ACTIVITIES
        for page in "invite record cancel restore minutes resolutions ballot".split()
    },
    "community:attendance_make_up": ACTIVITIES,
    "community:attendance_off": ACTIVITIES,
    **register("community", "resolution", view=ACTIVITIES, export=ACTIVITIES),
    "community:resolution_change": ACTIVITIES,
    "community:resolution_delete": ACTIVITIES,
    "community:resolution_task": ACTIVITIES - {"branch"},
    "community:ballot_change": ACTIVITIES,
    "community:ballot_delete": ACTIVITIES,
    **register(
        "community",
        "financeentry",
        view=BOOKS,
        export=BOOKS,
        imports=KEEPERS,
        history=DIRECTOR,
        attached=BOOKS,
    ),
    **{f"community:financeentry_{page}": KEEPERS for page in ("attach", "attachment_delete")},
    **{
        f"community:financeentry_{page}": KEEPERS
        for page in ("correct", "withdraw", "restore", "reverse", "voucher")
    },
    **{f"community:financeentry_{page}": DIRECTOR for page in ("approve", "return")},
    **register("community", "financemonth", view=BOOKS, export=BOOKS, history=DIRECTOR),
    "community:financemonth_reopen": DIRECTOR,
    "community:financemonth_review": SUPERVISORS,
    "community:financereview_answer": KEEPERS,
    **register("community", "financecategory", view=BOOKS, edit=KEEPERS, export=BOOKS, history=DIRECTOR),
    **register("community", "fund", view=BOOKS, edit=KEEPERS, export=BOOKS, history=DIRECTOR, attached=BOOKS),
    **register("community", "budgetline", view=BOOKS, edit=KEEPERS, export=BOOKS, history=DIRECTOR),
    "community:finance_book": BOOKS,
    **{f"community:finance_{page}": KEEPERS for page in ("opening", "enter", "vouchers", "close")},
    "community:finance_approve": DIRECTOR,
    **{f"community:finance_report{page}": BOOKS for page in ("", "_last", "_pdf", "_xlsx")},
    "community:postholder_end": STAFF,
    "community:bodymember_end": STAFF,
    **register(
        "community",
        "unit",
        view=HOUSE,
        edit=BODIES,
        export=HOUSE,
        imports=BODIES,
        attached=HOUSE,
        similar=True,
    ),
    **register("community", "agreement", view=HOUSE, edit=PARTY, export=HOUSE, attached=HOUSE, bulk=False),
    **register("community", "promise", view=HOUSE, edit=PARTY, export=HOUSE, bulk=False),
    **register("community", "fulfilment", view=HOUSE, edit=PARTY, export=HOUSE, attached=HOUSE, bulk=False),
    **{f"community:agreement_{page}": PARTY for page in ("sign", "unsign", "renew", "end", "restore")},
    "community:agreement_paper": HOUSE,
    "community:promise_unfulfilled": PARTY,
    "community:promise_reopen": PARTY,
    **register("community", "medium", view=STAFF, edit=STAFF, export=STAFF, imports=STAFF),
    **register("community", "honour", view=MEMBERS, edit=DIRECTOR, export=MEMBERS, attached=MEMBERS),
    **register("community", "venue", view=MEMBERS, edit=BODIES, export=MEMBERS, attached=MEMBERS),
    **register("community", "venuehours", view=MEMBERS, edit=BODIES),
    **register("community", "venueclosure", view=MEMBERS),
    **register("community", "venuebooking", view=BODIES, export=BODIES, attached=BODIES),
    **{f"community:venuebooking_{act}": BODIES for act in "add confirm decline move cancel restore".split()},
    **{f"community:venue_{page}": BODIES for page in "hours close week sheet use use_chart".split()},
    "community:venueclosure_withdraw": BODIES,
    "community:public_venues": ANYBODY,
    "community:public_venue_request": ANYBODY,
    **register("community", "servicehours", view=MEMBERS, edit=DIRECTOR, bulk=False),
    **register(
        "residents",
        "person",
        view=PEOPLE,
        edit=STAFF,
        export=STAFF,
        imports=STAFF,
        attached=STAFF,
        similar=True,
    ),
    **register(
        "residents", "dwelling", view=HOUSE, edit=STAFF, export=HOUSE, pick=True, attached=HOUSE, similar=True
    ),
    **register(
        "residents",
        "household",
        view=PEOPLE,
        edit=STAFF,
        export=STAFF,
        bulk=False,
        attached=STAFF,
        similar=True,
    ),
    **register("residents", "event", view=PEOPLE, export=STAFF),
    **register("community", "task", view=HOUSE, edit=HOUSE, export=HOUSE, bulk=False, attached=HOUSE),
    **{f"community:task_{step}": HOUSE for step in ("take", "hand_on", "finish", "decline", "reopen")},
    **register(
        "partybuilding",
        "member",
        pick=True,
        view=BRANCH,
        edit=BRANCH,
        export=BRANCH,
        imports=PARTY,
        history=DIRECTOR,
        attached=BRANCH,
    ),
    **{
        f"partybuilding:member_{page}": BRANCH
        for page in ("step", "extend", "state", "end", "restore", "year", "dues", "pay")
    },
    **{
        f"partybuilding:member_{page}": PARTY
        for page in ("export_full", "reveal", "transfer_out", "move", "arrival")
    },
    **register("partybuilding", "memberstep", view=BRANCH, export=BRANCH, history=DIRECTOR, attached=BRANCH),
    "partybuilding:memberstep_withdraw": BRANCH,
    **register("partybuilding", "transfer", view=BRANCH, export=BRANCH, history=DIRECTOR, attached=BRANCH),
    **{f"partybuilding:transfer_{page}": PARTY for page in ("receipt", "cancel", "letter")},
    **register("partybuilding", "duesyear", view=BRANCH, export=BRANCH, imports=PARTY, history=DIRECTOR),
    **register("partybuilding", "duespayment", view=BRANCH, export=BRANCH, history=DIRECTOR),
    "partybuilding:duespayment_void": BRANCH,
    "partybuilding:duespayment_print": BRANCH,
    "partybuilding:dues_overview": BRANCH,
    "partybuilding:branch_life": BRANCH,
    "partybuilding:branch_year": BRANCH,
    **register(
        "partybuilding",
        "appraisal",
        view=BRANCH,
        edit=BRANCH,
        export=BRANCH,
        history=DIRECTOR,
        bulk=False,
        attached=BRANCH,
    ),
    **{f"partybuilding:appraisal_{page}": BRANCH for page in ("results", "members", "print")},
    "partybuilding:party_board": PARTY,
    "partybuilding:public_party": ANYBODY,
    **register("services", "request", view=STAFF, export=STAFF, attached=STAFF),
    **register("services", "replytemplate", view=STAFF, edit=STAFF, bulk=False),
    "services:request_division": DIRECTOR,
    "services:request_create": STAFF,
    "services:request_step": STAFF,
    "services:request_code": STAFF,
    "services:request_suspected": STAFF,
    "services:request_rejected": STAFF,
    "services:request_call_backs": STAFF,
    "services:request_report": STAFF,
    "services:request_report_export": STAFF,
    "services:request_report_print": STAFF,
    "services:request_report_chart": STAFF,
    "services:request_hints": STAFF,
    "services:request_replace_code": STAFF,
    "services:request_receipt": STAFF,
    "services:request_forward_paper": STAFF,
    "services:request_answer_paper": STAFF,
    "services:task_request": STAFF,
    "services:head_requests": HEADS,
    "services:head_request_create": HEADS,
    **register("services", "proposal", view=STAFF, export=STAFF, imports=STAFF, attached=STAFF),
    "services:proposal_create": STAFF,
    "services:proposal_step": STAFF,
    **register("services", "inspection", view=STAFF, edit=STAFF, export=STAFF, imports=STAFF, attached=STAFF),
    **register("services", "hotlineorder", view=STAFF, export=STAFF, imports=STAFF),
    "services:hotlineorder_files": STAFF,
    "services:hotlineorder_fill": STAFF,
    "services:hotlineorder_finish": STAFF,
    "services:hotlineorder_staff": STAFF,
    "services:request_to_street": STAFF,
    "services:request_to_committee": STAFF,
    **register("services", "complaint", view=COMPLAINTS, history=DIRECTOR, attached=COMPLAINTS),
    "services:complaint_step": COMPLAINTS,
    "services:complaint_code": COMPLAINTS,
    "services:complaint_replace_code": COMPLAINTS,
    "services:complaint_new": ANYBODY,
    "community:forwarded_list": OFFICIALS,
    "community:forwarded_detail": OFFICIALS,
    "community:forwarded_pdf": OFFICIALS,
    "community:bulletin_list": BOARD,
    "community:bulletin_detail": BOARD,
    "community:bulletin_last": BOARD,
    "community:bulletin_start": STAFF,
    "community:bulletin_edit": STAFF,
    "community:bulletin_aid": STAFF,
    "community:bulletin_aid_remove": STAFF,
    "community:bulletin_submit": STAFF,
    "community:bulletin_review": SUPERVISORS,
    "community:bulletin_agree_all": SUPERVISORS,
    "community:bulletin_approve": DIRECTOR,
    "community:bulletin_waive": DIRECTOR,
    "community:bulletin_correct": STAFF,
    "community:bulletin_correct_drop": STAFF,
    "community:bulletin_recompute": STAFF,
    "community:bulletin_rows": BOARD,
    "community:bulletin_chart": BOARD,
    "community:bulletin_files": STAFF,
    "community:bulletin_file": BOARD,
    "community:bulletin_file_remove": STAFF,
    "community:bulletin_photos": STAFF,
    "community:bulletin_photo_down": STAFF,
    "community:bulletin_photo_remove": STAFF,
    "community:bulletin_notice": BOARD,
    "community:bulletin_remark_answer": STAFF,
    "community:objection_list": SUPERVISORS | DIRECTOR,
    "community:objection_detail": SUPERVISORS | DIRECTOR,
    "community:objection_hand_over": SUPERVISORS,
    "community:rule_list": DIRECTOR,
    "community:profile_detail": ANYBODY,
    "community:profile_about": ANYBODY,
    "community:privacy": ANYBODY,
    "community:disclosure_list": ANYBODY,
    "community:disclosure_chart": ANYBODY,
    "community:disclosure_file": ANYBODY,
    "community:disclosure_photo": ANYBODY,
    "community:disclosure_detail": ANYBODY,
    "community:objection_create": ANYBODY,
    "community:objection_track": ANYBODY,
    "community:track": ANYBODY,
    "services:public_request": ANYBODY,
    "community:disclosure_print": ANYBODY,
    "community:street_home": OFFICIALS,
    "community:street_print": OFFICIALS,
    "community:street_bulletin": OFFICIALS,
    "community:street_read": OFFICIALS,
    "community:street_month": OFFICIALS,
    "community:figures": HOUSE | SUPERVISORS,
    "community:figures_export": HOUSE | SUPERVISORS,
    "community:absence_list": HOUSE,
    "community:absence_end": HOUSE,
    "community:account_list": DIRECTOR,
    "community:account_grant": DIRECTOR,
    "community:account_link": DIRECTOR,
    "community:account_person": DIRECTOR,
    "community:street_accounts": OFFICIALS,
    "community:street_account_link": OFFICIALS,
    "community:official_list": {"admin"},
    "community:official_link": {"admin"},
    "community:role_end": DIRECTOR,
    "community:street_communities": OFFICIALS,
    "community:community_create": OFFICIALS,
    "community:director_grant": OFFICIALS,
    "community:director_end": OFFICIALS,
    "community:director_link": OFFICIALS,
    "community:setup": ANYBODY,
    "community:phone_list": STAFF,
    "community:phone_slips": STAFF,
    "community:phone_end": STAFF,
    "community:phone_bind": ANYBODY,
    "community:phone_pin": ANYBODY,
    "community:phone_leave": SIGNED_IN,
    **register(
        "partybuilding",
        "dutypost",
        view=BRANCH,
        edit=BRANCH,
        export=BRANCH,
        imports=PARTY,
        history=DIRECTOR,
        attached=BRANCH,
    ),
    **register("partybuilding", "dutyclaim", view=BRANCH, edit=BRANCH, export=BRANCH, history=DIRECTOR),
    **register(
        "partybuilding",
        "dutycheckin",
        view=BRANCH,
        edit=BRANCH,
        export=BRANCH,
        history=DIRECTOR,
        bulk=False,
        attached=BRANCH,
    ),
    **register("community", "stockbatch", view=GOODS, export=GOODS, history=DIRECTOR),
    **register("community", "stockitem", view=GOODS, edit=GOODS, export=GOODS, history=DIRECTOR),
    **register("community", "stockslip", view=GOODS, export=GOODS, history=DIRECTOR, attached=GOODS),
    **register("community", "stocktake", view=GOODS, export=GOODS, history=DIRECTOR, attached=GOODS),
    **register(
        "community",
        "issuelist",
        view=GOODS,
        edit=GOODS,
        export=GOODS,
        history=DIRECTOR,
        bulk=False,
        attached=GOODS,
    ),
    **register("community", "issueline", view=GOODS, history=DIRECTOR, attached=GOODS),
    **register(
        "partybuilding",
        "goodsdonation",
        view=GOODS,
        export=GOODS,
        imports=GOODS,
        history=DIRECTOR,
        attached=GOODS,
    ),
    **{
        f"community:{page}": GOODS
        for page in (
            "stock_in stock_out stockbatch_marks stockslip_reverse stockslip_print stocktake_record issuelist_people"
            " issuelist_tick issuelist_finish issuelist_reopen issuelist_print issueline_hand issueline_undo"
            " issueline_cancel issueline_restore"
        ).split()
    },
    "partybuilding:goods_receive": GOODS,
    **{f"partybuilding:goodsdonation_{page}": GOODS for page in ("estimate", "reverse", "print")},
    "partybuilding:dutyclaim_end": BRANCH,
    **register(
        "partybuilding",
        "donation",
        view=DONATIONS,
        edit=DONATIONS,
        export=DONATIONS,
        imports=DONATIONS,
        history=DIRECTOR,
        attached=DONATIONS,
    ),
    **register(
        "partybuilding",
        "donor",
        view=DONATIONS,
        edit=DONATIONS,
        export=DONATIONS,
        history=DIRECTOR,
        pick=True,
    ),
    **register("partybuilding", "donationreceipt", view=DONATIONS, export=DONATIONS, history=DIRECTOR),
    **register("partybuilding", "donationuse", view=DONATIONS, export=DONATIONS, history=DIRECTOR),
    "partybuilding:donation_receive": {"director", "finance"},
    **{
        f"partybuilding:donation_{page}": DONATIONS
        for page in ("lapse", "restore", "use", "new_code", "code")
    },
    "partybuilding:donationreceipt_print": DONATIONS,
    "partybuilding:donationuse_end": DONATIONS,
    "partybuilding:donationuse_of_entry": DONATIONS,
    "partybuilding:duty_board": BRANCH,
    "partybuilding:member_phones": BRANCH,
    "partybuilding:member_slips": BRANCH,
    "partybuilding:activity_door": ACTIVITIES,
    "partybuilding:member_phone_end": BRANCH,
    "partybuilding:member_home": ON_PHONES,
    "partybuilding:member_check_in": ON_PHONES,
    "partybuilding:member_sign_in": ON_PHONES,
    "partybuilding:organisations": BRANCH,
    "partybuilding:organisations_print": BRANCH,
    "partybuilding:party_body": BRANCH,
    "partybuilding:party_body_posts": PARTY,
    "partybuilding:joint_meeting_create": PARTY,
    "partybuilding:joint_meeting": PARTY,
    **register(
        "partybuilding",
        "election",
        view=BRANCH,
        edit=PARTY,
        export=BRANCH,
        history=DIRECTOR,
        attached=PARTY,
        bulk=False,
    ),
    **{
        f"partybuilding:election_{page}": PARTY
        for page in "candidates notice meeting result second office back".split()
    },
    "partybuilding:election_print": BRANCH,
    "residents:statistics": PEOPLE,
    "residents:statistics_export": PEOPLE,
    "residents:statistics_chart": PEOPLE,
    "residents:building_chart": HOUSE,
    "residents:freshness": STAFF,
    "residents:freshness_export": STAFF,
    "residents:round_print": STAFF,
    "residents:round_enter": STAFF,
    "residents:report_list": STAFF,
    "residents:report_detail": STAFF,
    "residents:report_history": STAFF,
    "residents:report_return": STAFF,
    "residents:report_reject": STAFF,
    "residents:report_door": STAFF,
    "residents:report_photo": STAFF,
    "residents:report_hand_over": STAFF,
    "residents:person_hand_over": HOUSE,
    "residents:event_move_in": STAFF,
    "residents:event_move_out": STAFF,
    "residents:event_death": STAFF,
    "residents:event_correct": STAFF,
    "residents:event_birth": STAFF,
    "residents:event_marriage": STAFF,
    "residents:event_transfer": STAFF,
    "residents:event_split": STAFF,
    "residents:event_merge": STAFF,
    "residents:event_head": STAFF,
    "residents:event_household_move_in": STAFF,
    "residents:event_household_move_out": STAFF,
    "residents:event_household_transfer": STAFF,
    "residents:event_undo": STAFF,
    "residents:event_statement": PEOPLE,
    "residents:head_stairwells": HEADS,
    "residents:head_doors": HEADS,
    "residents:head_report": HEADS,
    "residents:head_report_again": HEADS,
    "residents:head_report_kind": HEADS,
    "residents:head_reports": HEADS,
    "residents:head_verify": HEADS,
    "residents:head_verify_undo": HEADS,
    "residents:head_report_photo": HEADS,
    **register("residents", "report", view=STAFF),
    **{
        name: who
        for noun in ("lowincome disability elder specialcare unemployed retiree carechild maternal".split())
        for name, who in register(
            "residents", noun, view=CARE, edit=CARE, export=CARE, imports=CARE, history=CARE, attached=CARE
        ).items()
    },
    "residents:care_overview": CARE,
    "residents:care_proposals": CARE,
    "residents:care_dismiss": CARE,
    "residents:disability_reveal": CARE,
    "residents:elder_reveal": CARE,
    **register("residents", "visit", view=CARE, edit=CARE, export=CARE, history=CARE, attached=CARE),
    **{f"residents:visit_{page}": CARE for page in ("mine", "due", "workers", "log_new", "log", "cancel")},
    **{
        f"residents:health_{page}": HEALTH
        for page in (
            "list create pick pick_any notices notice_create notice notice_drop detail change resume"
            " follow_up correct"
        ).split()
    },
    **register("residents", "personmerge", view=STAFF),
    "residents:person_double": STAFF,
    "residents:person_merge": STAFF,
    "residents:merge_undo": STAFF,
    **{
        f"residents:data_quality{page}": STAFF
        for page in ("", "_run", "_export", "_list", "_again", "_repair")
    },
    "residents:person_reveal": STAFF,
    "residents:person_held": STAFF,
    **register("residents", "correction", view=STAFF, export=STAFF),
    **{f"residents:correction_{page}": STAFF for page in ("take", "grant", "refuse", "print")},
    **{f"residents:correction_{page}": STAFF for page in ("attach", "attachment", "attachment_delete")},
    "residents:person_export_full": STAFF,
    "residents:filling_list": STAFF,
    "residents:filling_match": STAFF,
    "residents:filling_people": STAFF,
    "residents:filling_check": STAFF,
    "residents:filling_file": STAFF,
    "residents:filling_discard": STAFF,
}


def test_every_url_has_a_row_and_every_row_a_url():
    assert {name for name, _ in URLS} == set(TABLE)


# What each of the cast gets


def _expected(name: str, route: str, who: str) -> set[str]:
    """The kinds of answer that are right: ok, login, 403, 404."""
    allowed = TABLE[name]
    if allowed == ANYBODY:
        return {"ok", "404"} if "<" in route else {"ok"}
    if who == "anonymous":
        return {"login"}
    if allowed == SIGNED_IN:
        return {"ok"}
    if route.startswith("c/"):
        if who not in MEMBERS:
            return {"404"}
        if name in OWN_ONLY:
            return {"404"}  # nobody here asked for this job or file
        if name in OWN_FILLING and who in TABLE[name] - {"director"}:
            return {"404"}
        if name in OWN_SENSITIVE_EXPORT and who in STAFF - TABLE[name]:
            return {"404"}
        if name in OWN_BATCH and who == "branch":
            return {"404"}
        if name in ABOUT_STAFF and who == "director":
            return {"404"}
        answer = "404" if name in NOT_THERE else "ok"
        return {answer} if who in allowed else {"403"}
    if name in OWN_STAIRWELL:
        return {"ok"} if who in ("head", "group") else {"404"} if who == "head2" else {"403"}
    if name in OWN_REPORT:
        return {"ok"} if who == "head" else {"404"} if who in allowed else {"403"}
    if name in OWN_STREET:
        return {"ok"} if who == "street" else {"404"} if who == "street2" else {"403"}
    if name in NOT_THERE:
        return {"404"} if who in allowed else {"403"}
    return {"ok"} if who in allowed else {"403"}


OWN_ONLY = {"portal:job_detail", "portal:job_file"}
NOT_THERE = {
    f"community:{page}"
    for page in (
        "street_print street_bulletin street_read bulletin_photos bulletin_photo_down bulletin_notice"
        " bulletin_file bulletin_file_remove bulletin_chart bulletin_remark_answer"
    ).split()
} | {
    "residents:disability_reveal",
    "residents:elder_reveal",
    "residents:correction_print",
    "partybuilding:joint_meeting",
    "community:venue_sheet",  # of the venue that its query names
    "partybuilding:election_print",
    "partybuilding:member_phone_end",
}
"""In the house of tests no joint meeting and no election was held, nothing is published, the one phone is no member's, the one draft
has neither file nor chart, no number of a care register is kept, and the one correction request has no answer."""
OWN_FILLING = {f"residents:filling_{page}" for page in ("match", "people", "check", "discard")} | {
    "community:absence_end"
}
OWN_SENSITIVE_EXPORT = {"portal:sensitive_export_file", "portal:sensitive_export_withdraw"}
OWN_BATCH = {
    f"{noun}_bulk_{page}"
    for noun in (
        "community:activity",
        "partybuilding:dutypost",
        "partybuilding:dutyclaim",
        "partybuilding:member",
    )
    for page in ("batch", "apply", "undo", "discard")
}
"""Whoever holds the right at a body sees their own bulk changes only; that of the house is the staff's."""
ABOUT_STAFF = {
    f"services:complaint_{page}"
    for page in "detail history step code replace_code attach attachment attachment_delete".split()
}
"""The complaint of the house is about staff: its own right is the supervision committee's."""
OWN_STREET = {
    "community:forwarded_detail",
    "community:forwarded_pdf",
    "community:director_grant",
    "community:director_end",
    "community:director_link",
    "community:street_account_link",
}
OWN_REPORT = {"residents:head_report_photo"}
OWN_STAIRWELL = {
    "residents:head_doors",
    "residents:head_report",
    "residents:head_report_again",
    "residents:head_report_kind",
    "residents:head_verify",
    "residents:head_verify_undo",
}


def _blank_pdf() -> bytes:
    writer, stream = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=100, height=100)
    writer.write(stream)
    return stream.getvalue()


BLANK_PDF = _blank_pdf()


def _kind(answer) -> str:
    if answer.status_code == 302 and answer.url.startswith("/accounts/login/"):
        return "login"
    if answer.status_code in (403, 404):
        return str(answer.status_code)
    assert answer.status_code < 500, answer.status_code
    if answer.streaming:
        list(answer)  # a file that is not read to its end stays open
    return "ok"


@pytest.fixture
def addresses(addresses_of_the_module):
    return addresses_of_the_module


@pytest.mark.parametrize("who", ["anonymous", *(who for who in CAST if who not in ALIKE)])
def test_answers_match_the_matrix(who, cast, addresses, monkeypatch):
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *args, **kwargs: "")
    monkeypatch.setattr("portal.pdf.rendering.pdf_from_html", lambda *args, **kwargs: BLANK_PDF)
    client = Client()
    if who != "anonymous":
        client.force_login(cast[who])
    wrong = {}
    for name, route, url in addresses:
        answer = _kind(client.get(url))
        if who == "anonymous":
            client.cookies.clear()  # a browser drops one that is deleted, the test client keeps it empty
        if answer not in _expected(name, route, who):
            wrong[route] = answer
    assert wrong == {}


def test_matrix_covers_the_whole_cast(cast):
    assert set(CAST) == set(cast)


def _asked_rights() -> set[Permission]:
    """The rights that any code names; the others are those of features not yet built."""
    apps = ("portal", "community", "residents", "partybuilding", "services", "security")
    code = "".join(
        path.read_text("utf-8")
        for app in apps
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if path != settings.BASE_DIR / "portal/access/roles.py"
    )
    return {right for right in Permission if re.search(rf"\b(P|Permission)\.{right.name}\b", code)}


def _holds(user, asked: set[Permission]) -> set[tuple]:
    """What decides of a user's pages: each role's place, with the rights that some page asks for."""
    return {
        (role.community, role.space, role.street_id, role.stairwells, ROLES[role.role].permissions & asked)
        for role in Access.of(user).holdings
    }


def test_whoever_is_not_walked_has_the_rights_of_one_who_is(cast):
    asked = _asked_rights()
    assert Permission.PEOPLE_NAMES in asked
    assert Permission.MEDIATION not in asked
    assert not ALIKE.keys() & {*ALIKE.values(), *READERS}
    for who, walked in ALIKE.items():
        assert _holds(cast[who], asked) == _holds(cast[walked], asked), who
        for name, route in URLS:
            assert _expected(name, route, who) == _expected(name, route, walked), (who, name)


def test_the_stranger_holds_the_same_role_elsewhere(cast):
    """The matrix would prove little if the stranger had no rights at all."""
    client = Client()
    client.force_login(cast["stranger"])
    assert client.get("/c/beizheng/people/").status_code == 200
    assert client.get("/c/kuocang/people/").status_code == 404
