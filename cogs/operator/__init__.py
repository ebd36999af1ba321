"""`/operator`, for the person who runs the bot, and the line by which they are told of trouble."""
