"""What the program is about: ads, policies, rulings and decisions, as pure functions over frozen values."""
