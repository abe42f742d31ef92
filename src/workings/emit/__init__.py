"""Source text of the forward and backward pass, one file a target."""
