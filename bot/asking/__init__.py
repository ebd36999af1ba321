"""What somebody wants made, however they ask for it.

Typed in full or with choices in it, over several models, from a preset, with defaults, or with a form that changes an
earlier card. `asks.py` says what an ask is; `plans.py` makes of it what is to be made, which `draft_book.py` keeps until
it is confirmed.
"""
