"""The door that everything about cards comes through: each button, and the form that one opens, judged anew.

As for panels, nothing is registered with discord.py and nothing is kept for a message: a custom_id says what is done to
which request, and the database knows the rest. So buttons work for as long as their message stands.
"""

from functools import partial
from typing import assert_never

from discord.ext import commands

from bot.asking.edits import Source
from bot.cards.album import Album, CardTrouble, Lack, with_words
from bot.catalog import Catalog
from bot.jobs import Reach
from bot.ports import CardAct
from bot.text import Texts
from cogs.answers import Answer
from cogs.cards.ask import CardAsk
from cogs.cards.details import details
from cogs.cards.ids import PREFIX, CardAddress, read_card_address
from cogs.cards.keep import CardKeep
from cogs.cards.share import CardShare
from cogs.cards.troubles import told
from cogs.ids import custom_id_of
from cogs.places import home_id, reach_of
from cogs.serving import Interaction, Serving, Wrong
from cogs.sight import Sight

# What neither shows the words of a card nor begins with them.
_OF_IMAGES = frozenset({CardAct.FAVOURITE, CardAct.CANCEL, CardAct.DELETE, CardAct.DELETE_YES, CardAct.DELETE_NO})


class CardDoor(commands.Cog):
    """Answers whatever is pressed or sent about a card.

    `holding` answers beside the message at once, so that the press leads to that message from then on.
    """

    def __init__(
        self,
        *,
        album: Album,
        asker: CardAsk,
        keeper: CardKeep,
        sharer: CardShare,
        sight: Sight,
        serving: Serving,
        holding: Serving,
        catalog: Catalog,
        texts: Texts,
    ) -> None:
        self._album = album
        self._asker = asker
        self._keeper = keeper
        self._sharer = sharer
        self._sight = sight
        self._serving = serving
        self._holding = holding
        self._catalog = catalog
        self._texts = texts

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        custom_id = custom_id_of(interaction)
        if custom_id.startswith(PREFIX):
            await self._serve(interaction, read_card_address(custom_id))

    async def _serve(self, interaction: Interaction, address: CardAddress | None) -> None:
        if address is None:
            await self._serving.serve(interaction, _stale)
            return
        match address.does:
            case CardAct.AGAIN | CardAct.REDO | CardAct.SEND_EDIT:
                await self._asker.ask(interaction, self.card(interaction, address), address)
            case CardAct.SHARE:
                await self._sharer.share(interaction, self.card(interaction, address))
            case CardAct.DELETE if reach_of(interaction) is Reach.REPLY:
                await self._holding.serve(interaction, partial(self._do, interaction, address))
            case _:
                opens_form = address.does is CardAct.EDIT
                await self._serving.serve(interaction, partial(self._do, interaction, address), opens_form=opens_form)

    async def card(self, interaction: Interaction, address: CardAddress) -> Source:
        """The card of a request, for whoever uses something here; raises CardTrouble."""
        source = await self._album.card(
            address.interaction_id,
            guild_id=home_id(interaction),
            user_id=interaction.user.id,
            words=address.does not in _OF_IMAGES,
        )
        if not await self._sight.sees(interaction, source.request):
            raise CardTrouble(Lack.ELSEWHERE)
        return source

    async def _do(self, interaction: Interaction, address: CardAddress) -> Answer:
        with told():
            source = await self.card(interaction, address)
            match address.does:
                case CardAct.EDIT:
                    answer = await self._asker.open(interaction, source, draft=address.arg)
                case CardAct.DETAILS:
                    locale = str(interaction.locale)
                    answer = details(with_words(source), texts=self._texts, locale=locale, catalog=self._catalog)
                case CardAct.FAVOURITE:
                    answer = await self._keeper.favourite(interaction, source)
                case CardAct.SEND:
                    answer = await self._keeper.send(interaction, source)
                case CardAct.CANCEL:
                    answer = await self._keeper.cancel(interaction, source)
                case CardAct.DELETE:
                    answer = await self._keeper.ask_delete(interaction, source)
                case CardAct.DELETE_YES:
                    answer = await self._keeper.delete(interaction, source)
                case CardAct.DELETE_NO:
                    answer = await self._keeper.keep(interaction, source)
                case CardAct.AGAIN | CardAct.REDO | CardAct.SEND_EDIT | CardAct.SHARE:
                    raise ValueError(address)
                case _:
                    assert_never(address.does)
        return answer


async def _stale() -> Answer:
    raise Wrong("button.stale")
