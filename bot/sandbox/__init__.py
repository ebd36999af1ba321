"""Stand-ins on this machine for the services the bot talks to, so that it runs with no account."""

# Segmind takes about twelve seconds for an image; whoever tries the page should not wait that long for the first.
PAGE_SPEED = 4.0
