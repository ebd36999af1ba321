"""Finding images again, and where they may be shown."""
