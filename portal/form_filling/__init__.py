"""Form filling (一表通): fill the .xlsx forms of other offices, with everything else in the file unchanged.

Steps, none of which knows the domain:

1. ``process.parse_form(content, words) -> protocol.ParsedForm`` parses the file in a child process: header, body,
   totals, footers, drop-downs and blanks.
2. ``matching.Matcher.propose(column) -> matching.Proposal`` matches a column to a field of a register, with a
   confidence and a reason. A register declares its fields as ``matching.FillField``.
3. ``values.ColumnWriter`` converts a register's value for the column: a date in the form's own format, a choice of its
   drop-down, an identifier as text.
4. ``process.fill(content, order) -> (bytes, inserted rows)`` writes the cells in another child process.

Only ``<row>`` and ``<c>`` elements of the one sheet are written, with lxml; other parts of the file are copied.
openpyxl would lose drop-downs that refer to another sheet, shapes and rich text. If the form has too few rows, rows
are inserted and everything below is shifted, with all references to it (merges, drop-downs, print areas, anchors).
"""
