"""Word rules: which words of a prompt a server blocks, flags, or shows under a spoiler only.

`rules.py` says what a rule is, `matcher.py` is the door. `letters.py` knows one letter at a time, `sources.py` what else
a text can be read as (spaced-out letters, tags), `readings.py` folds a source, `keys.py` makes of a rule what is looked
for, `edges.py` and `evidence.py` judge what was found, `patterns.py` runs regular expressions.
"""
