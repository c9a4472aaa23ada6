"""Measurements of the product beside its peers, each ratio from one run; ``make bench`` runs them all."""
