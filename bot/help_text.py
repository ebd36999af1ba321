"""`/help` in words, on one screen: how to begin, what is allowed here now, what else there is, where prompts go. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.admission import count_max, usable
from bot.catalog import Catalog
from bot.command_names import shown_command
from bot.levels import Level
from bot.money import credits_text
from bot.settings import PRIVATE_ALLOWED
from bot.standing import Standing
from bot.text import Texts
from bot.wording import refusal_words

# What fits on one screen of a phone, with all else that is told.
MODELS_MAX = 4
COMMANDS_MAX = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where the operator published what holds for everybody; empty where nowhere."""

    privacy_url: str = ""
    terms_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpText:
    """Help in one person's language."""

    texts: Texts
    catalog: Catalog
    locale: str

    def __call__(self, message_id: str, **values: Any) -> str:
        return self.texts(self.locale, message_id, **values)

    def paragraphs(self, standing: Standing, level: Level, *, commands: Sequence[str], links: Links) -> list[str]:
        """All of it; `level` is the safety level that counts where it is asked for."""
        return [
            "\n".join((self("help.title"), self("help.begin", command=self._first()), self("help.menu"))),
            "\n".join((self("help.here"), *self._here(standing, level))),
            "\n".join((*self._more(commands), " ".join((self("help.privacy"), *self._links(links))))),
        ]

    def _first(self) -> str:
        """The command that most people begin with."""
        return next((model.command for model in self.catalog.models if model.enabled), "imagen")

    def _here(self, standing: Standing, level: Level) -> Iterable[str]:
        if standing.refusal is not None:
            yield refusal_words(self.texts, self.locale, standing.refusal, public=False)
            return
        models = usable(self.catalog, standing.rules, out=standing.out)
        # With so many that one line is left for how many more there are, that line says it.
        for model in models if len(models) <= MODELS_MAX else models[: MODELS_MAX - 1]:
            price = credits_text(model.price_microcredits, self.texts.spoken(self.locale))
            yield self(
                "help.model",
                model=model.label,
                command=model.command,
                credits=price,
                count=count_max(model, standing.rules),
            )
        if len(models) > MODELS_MAX:
            yield self("help.models", count=len(models) - MODELS_MAX + 1)
        private = self("help.private.on" if standing.rules.guild[PRIVATE_ALLOWED] else "help.private.off")
        yield f"{self('help.level', level=self(f'level.{level.value}'))} {private}"
        yield self("help.left")

    def _more(self, commands: Sequence[str]) -> Iterable[str]:
        """The commands beside those that make images by one model; Discord describes each as soon as it is typed."""
        making = {model.command for model in self.catalog.models}
        names = [shown_command(self.texts, self.locale, each) for each in commands if each not in making]
        if names:
            yield self("help.commands", commands=" ".join(f"`{name}`" for name in names[:COMMANDS_MAX]))

    def _links(self, links: Links) -> Iterable[str]:
        if links.privacy_url:
            yield self("help.link.privacy", url=links.privacy_url)
        if links.terms_url:
            yield self("help.link.terms", url=links.terms_url)
