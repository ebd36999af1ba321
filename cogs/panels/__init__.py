"""Panels of settings, laid out from bot/settings.py: a new setting with its words stands in its panel at once.

`panel.py` says what a panel is, `ids.py` what a custom_id means, `drawing.py` lays a page out, `editors/` has one editor for
each kind of field, and `door.py` answers whatever is pressed, picked or filled in. All state stands in custom ids and in the
database, so that what was drawn before a restart works after it, and nothing is kept for any message.
"""
