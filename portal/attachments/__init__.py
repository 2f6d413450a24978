"""Attachments of register rows (附件): accepted file types (`kinds`), and consistency of file and row (`store`)."""
