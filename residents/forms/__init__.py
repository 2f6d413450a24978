"""Forms of residents/: registers, population events, building heads' reports and their review."""
