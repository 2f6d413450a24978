"""Forms of other offices filled with people (一表通): which fields there are, whom they mean, what is written."""
