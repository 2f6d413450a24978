"""Names that moved to modules of their own, for imports from above."""

from community.colleagues import colleagues  # noqa: F401
from community.community_profile import profile_of  # noqa: F401
