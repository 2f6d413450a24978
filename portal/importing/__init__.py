"""Import of spreadsheets into registers: one pipeline for all nouns.

Upload → detect sheets and headers, propose a column mapping (`proposal`) → check in the background: each data row is
read, compared (`pipeline`) and staged with its verdict (`batches.check`, `staging`), every other row and column is
accounted for (`account`), ID numbers are masked for display (`masking`) → preview → apply the valid rows in one
transaction (`batches.apply`) → report. A noun declares a `pipeline.Importer` and a `pipeline.ImportRun`, whose rows
derive from `rows.ImportedRow`; simple ones get those of `register`, driven by the register's `import_fields`.
"""
