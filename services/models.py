"""The models of services/, gathered for Django; code imports each from its feature."""

# ruff: noqa: F401
from services.complaints.models import StaffComplaint, StaffComplaintStep
from services.requests.models import CategoryOwner, Request, RequestStep
