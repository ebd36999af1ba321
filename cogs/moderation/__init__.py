"""`/moderation`, and what moderators and members do with cases: buttons, forms, evidence, appeals."""
