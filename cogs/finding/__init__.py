"""`/history` and `/show`: images found again, looked through and shown."""
