"""What stands around a report of usage on Discord: its controls, its chart, who left meanwhile, and its file."""
