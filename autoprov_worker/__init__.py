"""From the queue to the config system, and what is learned there into the spool."""
