"""The picture in the answer of `/usage`: bars for images, a line for credits.

`process.py` is the door for the rest of the bot. `drawing.py`, and with it matplotlib, is imported only in the child
process that draws (`python -m bot.charts`); everything between the two is plain data.
"""
