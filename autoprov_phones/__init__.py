"""Ground floor: what is known of phones. Pure: values in, values out, no I/O but our own tables."""
