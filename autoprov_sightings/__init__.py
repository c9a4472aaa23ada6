"""Service: what was seen of each phone, when, with which verdict. Fire and forget in, timeline out."""
