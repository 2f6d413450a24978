"""The models of services/, gathered for Django; code imports each from its feature."""

# ruff: noqa: F401
from services.complaints.models import StaffComplaint, StaffComplaintStep
from services.hotline.models import HotlineOrder
from services.proposals.models import DeputyInspection, Proposal, ProposalStep
from services.requests.models import CategoryOwner, ReplyTemplate, Request, RequestStep
