"""Buttons, menus and forms on cards. `door.py` answers each press; nothing is kept for a message."""
