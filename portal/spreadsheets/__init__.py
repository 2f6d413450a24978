"""Reading and writing spreadsheets as offices really keep them; no domain words in here.

The way of a file, step by step (every step is a plain function over frozen dataclasses):

1. ``reading.read_workbook(path_or_bytes, name) -> cells.Workbook`` looks into the file, reads it in a
   child process and keeps the type of every cell. Refusals are ``errors.SpreadsheetError`` whose text is
   the Chinese sentence to show; ``error.code`` is stable for tests and JSON.
2. ``headers.find_header(sheet, known) -> headers.Header | None`` finds the header row(s).
3. ``headers.body_rows(sheet, header) -> iterator of headers.BodyRow`` leaves out blank rows and marks help rows,
   repeated headers, totals and notes as skipped. ``BodyRow.number`` is the row number the spreadsheet shows.
4. ``values`` turns single cells into dates, yes/no, numbers and clean text.
5. ``findings.Finding`` is what the person reads: sheet, row, column, value as found, what to do.

The way out is ``writing.write_xlsx(columns, rows, stream)``.

``cells.Sheet.rows[0]`` is row 1 of the spreadsheet, ``rows[i][0]`` is column A; a blank cell is ``""``.
"""
