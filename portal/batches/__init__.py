"""Batches (批次): changes of many rows of a register at once, checked, applied and undone as a whole.

`models` has the states and their transitions, `kinds` the jobs of a kind of batch, `views` what its pages share, and
`deletion` removes those that nobody applied. `portal.bulk_change` and `portal.importing` are kinds of batch.
"""
