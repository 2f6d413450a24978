"""Filling the forms of other offices (一表通): a blank .xlsx comes back filled, all else in it as it was.

The way of a form, no domain words in any of it:

1. ``process.look(content, names) -> layout.Form`` reads the file in a child process: where the header stands, how far
   the body goes, what totals, footers, drop-downs and blanks there are.
2. ``matching.propose(column, fields) -> matching.Proposal`` says which field of a register a column means, how sure,
   and why. A noun offers its fields as ``matching.Field``.
3. ``values.Writer`` turns what the register holds into what the column takes: a date in the form's own format, a
   word of its drop-down, an identifier as text.
4. ``process.fill(content, order) -> (bytes, report)`` writes the cells in another child process.

Only ``<row>`` and ``<c>`` of the one sheet are written, with lxml; other parts of the file are copied as they are.
openpyxl would drop drop-downs that refer to another sheet, shapes and rich text. Where the form has too few rows,
rows are put in and what lies below moves: then also what points there (merges, drop-downs, print areas, anchors).
"""
