"""Permissions: every right of the portal, in one enum. `portal/access/roles.py` assigns them to roles.

A right names a subject and an operation. It does not say *which* rows: those follow from where the role is held
(`portal/access/user_access.py`).
"""

from enum import StrEnum


class Permission(StrEnum):
    # The community itself (C1, C19)
    PROFILE_VIEW = "profile.view"
    PROFILE_EDIT = "profile.edit"
    ACCOUNTS_GRANT = "accounts.grant"

    # Places and organisation (C2, R1)
    PLACES_VIEW = "places.view"
    PLACES_EDIT = "places.edit"
    BODIES_EDIT = "bodies.edit"
    """Enter bodies, posts and who holds them: party bodies with PARTY besides, others with PLACES_EDIT."""
    UNITS_VIEW = "units.view"
    UNITS_EDIT = "units.edit"
    MEDIA = "media"

    # People (R2-R4, R11)
    PEOPLE_NAMES = "people.names"
    """See name, age and place of people, with ID numbers and contact data masked."""
    PEOPLE_VIEW = "people.view"
    PEOPLE_EDIT = "people.edit"
    PEOPLE_IMPORT = "people.import"
    PEOPLE_EXPORT = "people.export"
    PEOPLE_REVEAL = "people.reveal"
    """Reveal a full ID number; the reason is logged."""

    LISTS_SHARED = "lists.shared"
    """Change and delete shared saved lists (R13); one's own lists need no right."""

    # Meetings and activities (C4, C13)
    ACTIVITIES = "activities"
    """Plan meetings and activities, and record who came: of kinds that ask no other right, and at its body."""

    # Money (C11, P6)
    FINANCE_VIEW = "finance.view"
    """Read the books with their vouchers."""
    FINANCE = "finance"
    """Keep the books: enter, close months, answer objections, give receipts."""
    FINANCE_APPROVE = "finance.approve"
    """Approve or return entries of other people, and reopen months."""
    FINANCE_REVIEW = "finance.review"
    """Mark a month's books as reviewed for the democratic finance group."""
    DONATIONS = "donations"
    """Record pledges and donations of money, and what they were used for."""

    # Agreements, goods and venues (P5, P7, P8)
    AGREEMENTS = "agreements"
    """Enter agreements with units and what became of their promises."""
    GOODS = "goods"
    """Record goods that come in, are counted and are given out."""
    VENUES = "venues"
    """Set hours of venues, and book them."""

    # Tasks inside the committee (C20)
    TASKS = "tasks"

    # Requests (S1, S2)
    REQUESTS = "requests"
    """Read and work on requests of residents."""
    REQUESTS_DECIDE = "requests.decide"
    """Extend a period, close after two complaints, and work on private requests."""

    # Proposals of deputies (S4)
    PROPOSALS = "proposals"

    # Complaints about staff (S1)
    COMPLAINTS = "complaints"
    """Open the pages of complaints about staff; which ones follows from the next two rights, and never one's own."""
    COMPLAINTS_STAFF = "complaints.staff"
    COMPLAINTS_SUPERVISORS = "complaints.supervisors"

    # Stairwells and reports (R5, R6)
    DOORS = "doors"
    REPORTS_REVIEW = "reports.review"

    # Disclosure (C10)
    BULLETIN_VIEW = "bulletin.view"
    BULLETIN_DRAFT = "bulletin.draft"
    BULLETIN_SUPERVISE = "bulletin.supervise"
    BULLETIN_APPROVE = "bulletin.approve"
    OBJECTIONS = "objections"
    """Read objections to published notices; their authors are shown with the next right only."""
    OBJECTIONS_ANSWER = "objections.answer"

    FIGURES_VIEW = "figures.view"
    HISTORY_VIEW = "history.view"
    ACCESS_LOG_VIEW = "access_log.view"

    # Street office and deployment (C17, C19)
    STREET_BULLETINS = "street.bulletins"
    STREET_FIGURES = "street.figures"
    STREET_FORWARDED = "street.forwarded"
    """Read and answer what communities forwarded to the street. A row that asks it is open to nobody of the community."""
    COMMUNITY_CREATE = "community.create"
    DEPLOYMENT = "deployment"

    # Rights of features not yet built, so that accounts and the permission matrix are complete.
    CARE = "care"
    PARTY = "party"
    """Party matters of the whole community: bodies, elections, transfers, imports, full numbers of the party roll."""
    BRANCH = "party.branch"
    """Members, duties and the life of party branches: of the bodies at which it is held."""
    DUTIES_OWN = "duties.own"
    """One's own duties as a party member, on the phone."""
    SAFETY = "safety"
    PATROL = "patrol"
    HEALTH = "health"
    REHABILITATION = "rehabilitation"
    PETITIONS = "petitions"
    MEDIATION = "mediation"
