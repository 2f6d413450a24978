"""Forms of residents/ that are not a row of a register: events, a head's reports, and their review."""
