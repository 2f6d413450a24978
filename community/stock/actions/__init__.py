"""Writes on goods in store: bookings, stocktakes, issue lists."""
