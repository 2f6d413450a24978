"""What must not be published by mistake (公开前检查): ID numbers, mobile numbers and bank cards in text and files.

Whatever publishes asks `in_text` and `in_file` first; a `Finding` stands in the way until it is masked or
justified, and a file that is `Unreadable` has not been checked at all.

What is not found: digits that are only in a picture or a scanned page, and a number that is split over two cells
or, in a file, over two lines.
"""

from portal.disclosing.declared import INTERNAL, Scan, Unscanned
from portal.disclosing.files import Unreadable, in_file
from portal.disclosing.text import BANK_CARD, END_OF_PIECE, ID_NUMBER, MOBILE, Finding, in_text

__all__ = [
    "BANK_CARD",
    "END_OF_PIECE",
    "ID_NUMBER",
    "INTERNAL",
    "MOBILE",
    "Finding",
    "Scan",
    "Unreadable",
    "Unscanned",
    "in_file",
    "in_text",
]
