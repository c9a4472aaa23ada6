"""The part of SIP that a registrar needs, sans I/O: bytes in, values out, and back."""
