"""What moderators see and do: cases, pauses, strikes, appeals, and the log of all of it."""
