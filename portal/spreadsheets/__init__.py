"""Reading and writing spreadsheets as offices really keep them, without domain knowledge.

Reading, step by step (every step is a plain function over frozen dataclasses):

1. ``reading.read_workbook(path_or_bytes, name) -> cells.Workbook`` inspects the file, parses it in a
   child process and keeps the type of every cell. Raises ``errors.SpreadsheetError`` whose text is
   the Chinese sentence to show; ``error.code`` is stable for tests and JSON.
2. ``headers.find_header(sheet, known_names) -> headers.Header | None`` detects the header row(s).
3. ``headers.body_rows(sheet, header) -> iterator of headers.BodyRow`` leaves out blank rows and marks help rows,
   repeated headers, totals and notes as skipped. ``BodyRow.number`` is the row number the spreadsheet shows.
4. ``values`` converts single cells to dates, yes/no, numbers and clean text.
5. ``findings.Finding`` is a message about a cell: sheet, row, column, value as found, what to do.

Writing: ``writing.write_xlsx(columns, rows, stream)``.

``cells.Sheet.rows[0]`` is row 1 of the spreadsheet, ``rows[i][0]`` is column A; a blank cell is ``""``.
"""
