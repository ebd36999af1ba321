"""Commands that ask for images, and what comes between a command and its card: choices, presets, defaults, refusals.

`imagen.py` puts the commands up, `starting.py` makes an ask of each use, and `asking.py` has it decided and answers in time.
"""
