"""The models of community/, gathered for Django; code imports each from its feature."""

# ruff: noqa: F401
from community.accounts.models import (
    Absence,
    AbsenceQuerySet,
    AppointmentInForce,
    RoleAssignment,
    RoleAssignmentQuerySet,
    SetupLink,
    User,
    UserManager,
)
from community.activities.models import Activity, ActivityQuerySet, Attendance, AttendanceQuerySet
from community.agreements.models import (
    Agreement,
    Fulfilment,
    Promise,
)
from community.ballots.models import Ballot, BallotLine
from community.bodies.models import (
    Body,
    BodyManager,
    BodyMember,
    BodyQuerySet,
    Post,
    PostHolder,
    TenureQuerySet,
)
from community.bulletins.models.bulletin import (
    AidRecipient,
    Bulletin,
    BulletinBasis,
    BulletinBoard,
    BulletinEditor,
    BulletinVersion,
)
from community.bulletins.models.files import BulletinFile, BulletinPhoto
from community.bulletins.models.reading import BulletinReading, BulletinRemark, RemarkAnswer
from community.bulletins.models.review import BulletinCorrection, BulletinMark, DisclosureWaiver
from community.communities.models import Community, CommunityQuerySet, CommunityRow, Precision, Street
from community.dated_rules.models import DatedRule, DatedRuleQuerySet
from community.finance.models import (
    BudgetLine,
    FinanceBook,
    FinanceCategory,
    FinanceEntry,
    FinanceEntryQuerySet,
    FinanceMonth,
    FinanceMonthQuerySet,
    FinanceReview,
    Fund,
)
from community.forwarded.models import Forwarded, ForwardedAnswer, ForwardedQuerySet
from community.media.models import Medium, MediumQuerySet
from community.notices.models import PublicNotice
from community.objections.models import Objection, ObjectionAnswer, ObjectionQuerySet
from community.people.models import Person
from community.phones.models import Phone, PhoneQuerySet
from community.places.models import (
    Area,
    Building,
    BuildingQuerySet,
    HeadAppointment,
    HeadAppointmentQuerySet,
    Stairwell,
)
from community.profile.models import Honour, ServiceHours
from community.resolutions.models import Resolution
from community.stock.models import (
    IssueLine,
    IssueList,
    StockBatch,
    StockItem,
    StockMovement,
    StockSlip,
    Stocktake,
    StocktakeLine,
)
from community.tasks.models import Task, TaskQuerySet
from community.units.models import Unit, UnitQuerySet
from community.venues.models import (
    Venue,
    VenueBooking,
    VenueClosure,
    VenueHours,
)
