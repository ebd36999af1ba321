"""Presets in words: lists of them, and all that one holds. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.asking.presets import Kind, Preset
from bot.markdown import clipped
from bot.text import Texts

ON_PAGE = 15
PART_CHARACTERS_MAX = 80
# Of everything that one preset holds: its prompt part and each of its options.
WHOLE_CHARACTERS_MAX, VALUE_CHARACTERS_MAX = 1_500, 400
_MS_PER_S = 1000


def pages_of(presets: Sequence[Preset]) -> int:
    """How many pages a list has; an empty one has one."""
    return max(1, -(-len(presets) // ON_PAGE))


@dataclass(frozen=True, slots=True)
class PresetText:
    """The words of presets in one person's language."""

    texts: Texts
    locale: str

    def __call__(self, message_id: str, **values: Any) -> str:
        return self.texts(self.locale, message_id, **values)

    def name(self, preset: Preset) -> str:
        """Its name as markdown."""
        return shown(preset.name, 2 * len(preset.name))

    def page(self, presets: Sequence[Preset], number: int) -> list[str]:
        """A page of a list that has the member's own first and then the server's; `number` counts from 0."""
        if not presets:
            return [f"**{self('preset.list.none')}**", self("preset.list.how")]
        on_page = presets[number * ON_PAGE : (number + 1) * ON_PAGE]
        heads = {Kind.USER: self("preset.list.own"), Kind.GUILD: self("preset.list.server")}
        paragraphs = []
        for kind, head in heads.items():
            lines = [self._line(preset) for preset in on_page if preset.kind is kind]
            if lines:
                paragraphs.append("\n".join([f"**{head}**", *lines]))
        return [*paragraphs, f"-# {self('preset.list.how')}"]

    def whole(self, preset: Preset) -> list[str]:
        """Everything that one holds, who set it and when."""
        whose = self("preset.whose.server" if preset.kind is Kind.GUILD else "preset.whose.member")
        when = f"<t:{preset.changed_ms // _MS_PER_S}:R>"
        # Who was forgotten is nobody.
        named = {"member": f"<@{preset.user_id}>"} if preset.user_id else {}
        changed = self("preset.changed" if named else "preset.changed.nobody", when=when, **named)
        values = "\n".join(options(preset.values))
        part = f"> {shown(preset.prompt, WHOLE_CHARACTERS_MAX)}" if preset.prompt else self("preset.no_prompt")
        found = [f"**{self.name(preset)}**\n{whose}", part, values, f"-# {changed}"]
        return [each for each in found if each]

    def _line(self, preset: Preset) -> str:
        parts = [shown(preset.prompt, PART_CHARACTERS_MAX)] if preset.prompt else []
        parts += [f"`{name}`" for name in preset.values]
        return f"• **{self.name(preset)}**: {', '.join(parts)}" if parts else f"• **{self.name(preset)}**"


def options(values: Mapping[str, Any]) -> Iterator[str]:
    """A line for each option."""
    for name, value in values.items():
        yield f"• `{name}`: {shown(str(value), VALUE_CHARACTERS_MAX) or '–'}"


def shown(words: str, characters_max: int) -> str:
    """Words from people on one line, harmless."""
    return clipped(" ".join(words.split()), characters_max=characters_max, bytes_max=3 * characters_max)
