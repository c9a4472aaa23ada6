"""What keeps the inventory from its file."""


class InventoryUnusable(Exception):
    """The file is no inventory of ours, or a newer version's. Its text names the file and what to do."""
