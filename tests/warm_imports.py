"""What the portal's child processes import, for the process they are forked from in tests (tests/warm_children.py)."""
# ruff: noqa: F401

import portal.attachments.sandboxed
import portal.form_filling.sandboxed
import portal.pdf.child_process
import portal.pii_scan.sandboxed
import portal.sandbox.child
import portal.spreadsheets.sandboxed
import services.hotline.sandboxed
