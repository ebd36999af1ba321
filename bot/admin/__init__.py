"""What administrators, moderators and the operator do and see: settings, budgets, usage, notices.

Each file is one service that cogs and the command line are handed; none knows Discord.
"""
