"""Limits for reading spreadsheets (decision 0056). Error messages name the limit."""

FILE_MIB = 20
ZIP_ENTRIES = 1_000
UNPACKED_MIB = 300
ZIP_RATIO = 200
SHEETS = 200
ROWS = 200_000
COLUMNS = 200
CELL = 32_767  # characters, as in Excel
