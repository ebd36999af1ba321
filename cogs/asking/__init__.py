"""Commands that ask for images, and what comes between a command and its card: choices, presets, defaults, refusals.

`imagen.py` turns the use of a command into an ask, `asking.py` answers it in time, `starting.py` says where it leads.
"""
