"""Import of spreadsheets into registers: one pipeline for all nouns.

Upload → detect sheets and headers, propose a column mapping (`proposal`) → check in the background: every data row
becomes a staged row with its verdict (`batches.check`, `staging`), every other row and column is accounted for
(`account`), ID numbers are masked for display (`masking`) → preview → apply the valid rows in one transaction
(`batches.apply`) → report. A noun provides an `Importer` (`protocol`); simple ones get `RegisterImporter`, driven
by the register's `import_fields`.
"""
