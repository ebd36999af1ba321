"""Stand-ins on this machine for the services the bot talks to, so that it runs with no account."""
