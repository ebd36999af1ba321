"""Figures of use: what a report holds, over which days, and how it is written and drawn."""
