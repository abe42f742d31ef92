"""A sheet in, its solution out: exercises, scopes, what is asked; the order in which it is worked."""
