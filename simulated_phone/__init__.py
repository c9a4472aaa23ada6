"""A simulated Polycom, a peer of the product: it imports none of its packages."""
