"""Which truth a file states about where its people are: living here, registered here, or both."""

from dataclasses import dataclass

LIVING = "living"
REGISTERED = "registered"


@dataclass(frozen=True, slots=True)
class FileTruth:
    """The default for a file. ``kind`` is "living", "registered" or "living_or_both" (decided per row).

    ``is_open`` is true when the columns do not say: living is taken, with a warning.
    """

    kind: str
    is_open: bool = False


# What the mapping page offers, with the label shown.
TRUTH_CHOICES = (
    ("living_or_both", "居住登记（户籍地址为同一住处的，同时登记户籍）"),
    ("living", "只登记居住"),
    ("registered", "只登记户籍"),
)
