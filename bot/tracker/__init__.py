"""From an accepted request to a delivered card: every job is pushed forward, and nothing is lost on the way.

`tracker.py` is the door, `assembly.py` puts it together. Behind it one file for each leg: `desk` (accept), `line`
(turns), `submitting` and `searching` (the POST and its unclear answers), `watching` (looks), `endings`, `collecting`
(pictures), `delivery`, `showing` and `views` (the card).
"""
