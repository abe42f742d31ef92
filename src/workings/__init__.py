"""workings: show your workings."""
