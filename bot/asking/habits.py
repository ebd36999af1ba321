"""What people keep for all their images, presets and defaults: kept, found, and put together with what a command was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.asking.presets import OPTION, Kind, Preset, combine
from bot.catalog import Catalog, Model
from bot.clock import Clock
from bot.intake import Refusal
from bot.store import defaults as default_store
from bot.store import presets as preset_store
from bot.store.database import Database

PRESET = OPTION.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """The options in the end, without the preset's name; `left_out` are those of the preset that no model here takes."""

    options: Mapping[str, Any]
    preset: Preset | None = None
    left_out: tuple[str, ...] = ()


def chosen(preset: Preset) -> str:
    """How Discord sends a preset that somebody picked: whose it is, and its name."""
    return f"{preset.kind.value}:{preset.name}"


class Habits:
    """Presets of servers and members, and members' own defaults. `guild_id` is 0 outside of servers.

    Every method raises StoreError where the database does not answer.
    """

    def __init__(self, *, db: Database, catalog: Catalog, clock: Clock) -> None:
        self._db = db
        self._catalog = catalog
        self._clock = clock

    async def presets(self, *, guild_id: int, user_id: int) -> list[Preset]:
        """Those that somebody can use in a place: their own, and then the server's."""
        own = await preset_store.load(self._db, Kind.USER, user_id)
        return [*own, *(await preset_store.load(self._db, Kind.GUILD, guild_id) if guild_id else ())]

    async def find(self, typed: str, *, guild_id: int, user_id: int) -> Preset | None:
        """A preset by its name, one's own before the server's, or as `chosen` has it."""
        owners = {Kind.USER: user_id, Kind.GUILD: guild_id}
        wanted = [(kind, typed) for kind in owners]
        kind_named, colon, name = typed.partition(":")
        if colon and kind_named in tuple(Kind):
            wanted.insert(0, (Kind(kind_named), name))
        for kind, called in wanted:
            if owners[kind] and (found := await preset_store.find(self._db, kind, owners[kind], called)) is not None:
                return found
        return None

    async def keep(
        self, kind: Kind, name: str, *, prompt: str, values: Mapping[str, Any], guild_id: int, user_id: int
    ) -> bool:
        """Write a preset down, in the place of one of that name; False, and nothing written, where there are too many."""
        preset = Preset(
            kind=kind,
            owner_id=guild_id if kind is Kind.GUILD else user_id,
            name=name,
            prompt=prompt,
            values=values,
            user_id=user_id,
            changed_ms=self._clock.now_ms(),
        )
        async with self._db.transaction() as tx:
            return await preset_store.put(tx, preset)

    async def forget(self, preset: Preset) -> bool:
        """Delete a preset; False where there is none of that name any more."""
        async with self._db.transaction() as tx:
            return await preset_store.drop(tx, preset.kind, preset.owner_id, preset.name)

    async def defaults(self, user_id: int) -> dict[str, Any]:
        """What this member set for all their images, by option."""
        return await default_store.load(self._db, user_id)

    async def set_default(self, user_id: int, name: str, value: Any) -> None:
        """Set one of them; None lets the models' own default count again."""
        async with self._db.transaction() as tx:
            if value is None:
                await default_store.drop(tx, user_id, name)
            else:
                await default_store.put(tx, user_id, name, value)

    async def compose(
        self, given: Mapping[str, Any], *, models: Sequence[Model], guild_id: int, user_id: int
    ) -> Composed:
        """The options of a command for these models, one or more: as given, then the preset's, then the member's own.

        Raises Refusal where there is no such preset.
        """
        typed = {name: value for name, value in given.items() if name != PRESET}
        preset = None
        if PRESET in given:
            preset = await self.find(given[PRESET], guild_id=guild_id, user_id=user_id)
            if preset is None:
                raise Refusal("no_preset", preset=given[PRESET])
        found = combine(typed, model=_together(models), preset=preset, defaults=await self.defaults(user_id))
        return Composed(options=found.values, preset=preset, left_out=found.left_out)


def _together(models: Sequence[Model]) -> Model:
    """One model that takes whatever any of these takes."""
    fields = {field.name: field for model in reversed(models) for field in model.fields}
    return replace(models[0], fields=tuple(fields.values()))
