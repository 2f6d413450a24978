"""Attachments of register rows (附件): which files are taken (`kinds`), and how file and row stay together (`store`)."""
