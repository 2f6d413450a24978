"""Bulk change (批量修改): one field of many rows of a register, with preview, apply and undo.

`validation` validates one row with the edit form, `batches` chooses, previews and applies, `undo` undoes,
`tasks` does the same in the background for many rows. The pages are in `portal/bulk_change/views.py`.
"""
