"""A simulated Polycom, SIP 2.x to UC Software: a peer of the product, so it imports none of its packages."""
