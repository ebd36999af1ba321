"""The arithmetic of the strike rule. Pure.

Every block that counts stands at an instant. The rule pauses a member as soon as so many of them lie within its period,
the newest included; blocks from before a pause still count after it, until they are older than the period.
"""

from collections.abc import Sequence

from bot.safety_fields import StrikeRule


def counting(strikes_ms: Sequence[int], rule: StrikeRule, *, at_ms: int) -> int:
    """How many of these blocks count at that instant: those of the period that ends then."""
    return sum(at_ms - rule.within_ms < strike_ms <= at_ms for strike_ms in strikes_ms)


def pauses_anyway(strikes_ms: Sequence[int], rule: StrikeRule, *, since_ms: int) -> bool:
    """Whether these blocks, without one that was taken back, would have led to a pause then or after it."""
    return any(
        counting(strikes_ms, rule, at_ms=strike_ms) >= rule.blocks for strike_ms in strikes_ms if strike_ms >= since_ms
    )
