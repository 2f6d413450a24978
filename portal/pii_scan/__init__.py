"""Scan for personal data before publication (公开前检查): ID, mobile and bank card numbers in texts and files.

Every publishing action calls `numbers_in_text` and `numbers_in_file` first; a `Finding` blocks publication until it
is masked or waived, and an `Unreadable` file has not been checked at all.

Not found: digits in pictures and scanned pages, and numbers split over two cells or, in a file, over two lines.
"""
