"""Pictures between Segmind and Discord: downloaded with care, verified, fitted to a size limit, kept on disk.

`gallery.py` is the door for the rest of the bot; what stands behind it is plain and knows no event loop, but for
`fetch.py`, which speaks HTTP.
"""
