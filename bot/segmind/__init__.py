"""Segmind's HTTP API: protocol.py decides without I/O, client.py acts without deciding."""
