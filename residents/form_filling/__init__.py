"""Form filling (一表通): fill other offices' forms with residents: fields, choice of people, values."""
