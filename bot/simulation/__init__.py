"""Past merge requests, decided by a policy as if it had been in force."""
