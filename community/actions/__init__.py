"""Writes that change more than one row, one module per noun."""
