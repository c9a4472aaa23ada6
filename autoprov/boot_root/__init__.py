"""The root of a TFTP or FTP server that phones boot from (docs/boot-root.md)."""
