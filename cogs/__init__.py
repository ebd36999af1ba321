"""The rim: everything that knows Discord. Discord in, Discord out; no SQL, no rules.

`client.py` connects, `commands.py` makes slash commands of the catalog and `slash.py` the others, `asking/` turns their use
into requests, `serving.py` answers in time, and `presenter.py` shows cards. A cog is a class that is handed its
collaborators: `await client.add_cog(Help(…))`; `assembly.py` does so for all.
"""
