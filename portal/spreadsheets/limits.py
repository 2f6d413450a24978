"""What is read at most (security.md, "Spreadsheets in"). Each limit has its place in a sentence of errors."""

FILE_MIB = 20
ZIP_ENTRIES = 1_000
UNPACKED_MIB = 300
ZIP_RATIO = 200
SHEETS = 200
ROWS = 200_000
COLUMNS = 200
CELL = 32_767  # characters, as in Excel
MEMORY_MB = 500
SECONDS = 60
MIB = 1024 * 1024
