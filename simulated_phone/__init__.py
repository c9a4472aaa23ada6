"""A simulated Polycom (UCS 4 and later): a peer of the product, so it imports none of its packages."""
