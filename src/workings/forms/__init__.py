"""What shape is this expression: affine in given names, a graph of neurons, a recognised function."""
