"""Bulk change (批量修改): one field of many rows of a register, previewed, applied at once and taken back at once.

`trying` holds one row against the edit form, `batches` chooses, previews and writes, `undo` takes back,
`tasks` does the same in the background where the rows are many. The pages stand in `portal/views/bulk.py`.
"""
