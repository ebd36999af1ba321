"""The card of a request at each moment: what it says, its progress, its buttons, and cards as members may know of them.

`writer.py` is the door; `album.py` finds a card again when one of its buttons is pressed.
"""
