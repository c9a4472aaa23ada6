"""From an accepted REGISTER to a DetectedPhone in the queue, and the registrar that can host it."""
