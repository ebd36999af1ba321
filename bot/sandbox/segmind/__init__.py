"""A local Segmind: its HTTP API, clockwork, books and bad weather, with no account and no cost.

Where Segmind's pages say how it answers, it answers so; where nobody outside knows, `Style` and `Weather` offer the
ways it may. It draws a picture that shows prompt, model, seed and size.
"""

from bot.sandbox.segmind.calls import Call, Step
from bot.sandbox.segmind.markers import Markers
from bot.sandbox.segmind.models import MODELS, Model
from bot.sandbox.segmind.outputs import OutputShape, Style
from bot.sandbox.segmind.rai import Category
from bot.sandbox.segmind.requests import Api, Request, State
from bot.sandbox.segmind.server import LocalSegmind
from bot.sandbox.segmind.weather import (
    EVERY_CALL,
    POLLS,
    POSTS,
    CallKind,
    Fault,
    FaultKind,
    Hint,
    Preset,
    Rule,
    Weather,
    blocked_picture,
    blocked_words,
)

__all__ = [
    "EVERY_CALL",
    "MODELS",
    "POLLS",
    "POSTS",
    "Api",
    "Call",
    "CallKind",
    "Category",
    "Fault",
    "FaultKind",
    "Hint",
    "LocalSegmind",
    "Markers",
    "Model",
    "OutputShape",
    "Preset",
    "Request",
    "Rule",
    "State",
    "Step",
    "Style",
    "Weather",
    "blocked_picture",
    "blocked_words",
]
