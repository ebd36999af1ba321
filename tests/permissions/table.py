"""Who may use what: every command, and every act of every family of custom ids. What has no line here fails a test.

The order is that in which people are let through, so that what pauses a member or stops a server comes last.
"""

import re
from collections.abc import Iterator

from bot.catalog import Catalog
from bot.moderation.cases import Act as CaseAct
from bot.offers import offers
from bot.ports import CardAct
from cogs.asking.defaults import Press as DefaultsPress
from cogs.asking.draft_view import DraftAct, DraftAddress
from cogs.cards.ids import CardAddress
from cogs.finding.history_ids import Act as HistoryAct
from cogs.limits import LIMITS
from cogs.moderation.case_ids import CaseAddress
from cogs.moderation.case_ids import Press as CasePress
from cogs.moderation.view import Listed, Page
from cogs.panels.ids import AGAIN, FORM, SAVE, TURN, Address, read_address
from cogs.privacy import Act as PrivacyAct
from cogs.safety import SAFETY
from cogs.usage_view.ids import Act as UsageAct
from cogs.words_view import Act as WordsAct
from tests.permissions.line import (
    ADMINISTRATORS_AND_ABROAD,
    EVERYBODY,
    HERE,
    IN_SERVERS,
    MODERATORS,
    MODERATORS_AND_ABROAD,
    OPERATORS,
    OWNER,
    Line,
)
from tests.permissions.things import named, reference
from tests.permissions.uses import Command, Menu, Press, Send, Use

# ---------------------------------------------------------------- commands


def _commands() -> Iterator[Line]:
    # Here the operator has the bot in servers only (tests/e2e/test_places.py has both); what is about nobody else is told.
    for offer in offers(Catalog()):
        yield _command(offer.command, {"prompt": "a fox"}, IN_SERVERS, ("refusal.outside",), writes="requests")
    # It is only a question; what it asks for is made in servers.
    yield _command("imagen-compare", {"prompt": "a fox"}, EVERYBODY, writes="drafts")
    for name in ("privacy", "history", "defaults", "me", "help", "queue"):
        yield _command(name, {}, EVERYBODY)
    yield Line(
        name="/show",
        use=lambda at: Command(name="show", options={"image": reference(at.id)}),
        may=HERE,
        refused=("show.none",),
        needs="image",
    )
    yield Line(
        name="/show",
        use=lambda at: Command(name="show", options={"image": reference(at.id), "private": True}),
        may=OWNER,
        refused=("show.none",),
        needs="private",
    )
    yield Line(
        name="/show",
        use=lambda at: Command(name="show", options={"image": reference(at.id)}),
        may=OWNER | MODERATORS,
        refused=("show.none",),
        needs="hidden",
    )
    yield from _preset_commands()
    for message_menu, may, refused in (
        ("Edit with Imagen", HERE, ("edit.no_card",)),
        ("Report image", HERE, ("moderation.no_card", "moderation.gone")),
        ("Moderate image", MODERATORS, ("moderation.refused", "moderation.no_card")),
    ):
        yield _menu(message_menu, may, refused, "image")
    yield _menu("Edit with Imagen", OWNER, ("button.private", "edit.no_card"), "private")
    yield _menu("Report image", frozenset(), ("moderation.private", "moderation.no_card", "moderation.gone"), "private")
    yield _menu(
        "Moderate image", frozenset(), ("moderation.private", "moderation.refused", "moderation.no_card"), "private"
    )
    yield _command("usage", {}, ADMINISTRATORS_AND_ABROAD, ("usage.refused", "usage.refused.moderator"))
    yield _command("limits", {}, ADMINISTRATORS_AND_ABROAD, ("panel.limits.refused", "panel.outside"))
    yield _command("safety", {}, MODERATORS_AND_ABROAD, ("safety.refused", "panel.outside"))
    yield from _words_commands()
    yield from _credits_commands()


def _command(name, options, may, refused=(), *, writes=""):
    path = [name]
    inner = options
    while len(inner) == 1 and isinstance(next(iter(inner.values())), dict):
        ((part, inner),) = inner.items()
        path.append(part)
    return Line(
        name="/" + " ".join(path),
        use=lambda _: Command(name=name, options=options),
        may=may,
        refused=refused,
        writes=writes,
    )


def _menu(name, may, refused, needs):
    return Line(
        name=f"menu {name}",
        use=lambda at: Menu(name=name, request_id=at.id),
        may=may,
        refused=refused,
        needs=needs,
    )


def _preset_commands() -> Iterator[Line]:
    yield _command("preset", {"list": {}}, EVERYBODY)
    yield _command("preset", {"save": {"name": "own"}}, EVERYBODY)
    yield Line(
        name="/preset save",
        use=lambda _: Command(name="preset", options={"save": {"name": "ours", "server": True}}),
        may=MODERATORS_AND_ABROAD,
        refused=("preset.moderators",),
    )
    for kind, may in (("image", HERE), ("private", OWNER), ("hidden", OWNER | MODERATORS)):
        yield Line(
            name="/preset save",
            use=lambda at: Command(name="preset", options={"save": {"name": "own", "card": reference(at.id)}}),
            may=may,
            refused=("preset.no_card",),
            needs=kind,
        )
    for act, may, refused in (
        ("show", HERE, ("preset.unknown",)),
        ("delete", MODERATORS, ("preset.moderators", "preset.unknown")),
    ):
        yield Line(
            name=f"/preset {act}",
            use=lambda at, act=act: Command(name="preset", options={act: {"name": f"guild:{named(at.id)}"}}),
            may=may,
            refused=refused,
            needs="preset",
            writes="presets" if act == "delete" else "",
        )
        yield Line(
            name=f"/preset {act}",
            use=lambda at, act=act: Command(name="preset", options={act: {"name": f"user:{named(at.id)}"}}),
            may=OWNER,
            refused=("preset.unknown",),
            needs="own_preset",
            writes="presets" if act == "delete" else "",
        )


def _words_commands() -> Iterator[Line]:
    refused = ("words.refused",)
    for act in ("list", "add", "remove", "export"):
        yield _command("words", {act: {}}, MODERATORS_AND_ABROAD, refused)
    yield Line(
        name="/words import",
        use=lambda at: Command(name="words", options={"import": {"file": at.words}}),
        may=MODERATORS_AND_ABROAD,
        refused=refused,
        writes="word_rules",
    )


def _credits_commands() -> Iterator[Line]:
    for act, more in (("give", {"amount": "2", "reason": "x"}), ("take", {"amount": "1", "reason": "x"}), ("show", {})):
        yield Line(
            name=f"/credits {act}",
            use=lambda at, act=act, more=more: Command(name="credits", options={act: {"member": at.bystander, **more}}),
            # Olga is in both servers, and has credits in each.
            may=ADMINISTRATORS_AND_ABROAD,
            refused=("credits.refused",),
            writes="accounts" if act == "give" else "",
        )


def _harsh_commands() -> Iterator[Line]:
    refused = ("moderation.refused",)
    for act in ("paused", "recent"):
        yield _command("moderation", {act: {}}, MODERATORS_AND_ABROAD, refused)
    for act, more in (("history", {}), ("pause", {"duration": "pause_hour", "reason": "x"}), ("unpause", {})):
        yield Line(
            name=f"/moderation {act}",
            use=lambda at, act=act, more=more: Command(
                name="moderation", options={act: {"member": at.bystander, **more}}
            ),
            # Whom a moderator names may have left, so that a stranger may pause anybody for their own server.
            may=MODERATORS_AND_ABROAD,
            refused=refused,
            writes="pauses" if act == "pause" else "",
        )


WRITTEN_BY_OPERATOR = {"budget": "guild_settings", "top-up": "accounts", "bar": "bars", "stop": "guild_settings"}


def _operator_commands() -> Iterator[Line]:
    for act, options in (
        ("overview", {}),
        ("budget", {"server": "{guild}", "kind": "unlimited"}),
        ("default-budget", {"kind": "unlimited"}),
        ("top-up", {"server": "{guild}", "amount": "5", "reason": "x"}),
        ("ceiling", {"per_day": "500"}),
        ("warning", {"credits": "1"}),
        ("bar", {"member": "{bystander}", "reason": "x"}),
        ("unbar", {"member": "{bystander}"}),
        ("bars", {}),
        ("stop", {}),
        ("resume", {}),
    ):
        yield Line(
            name=f"/operator {act}",
            use=lambda at, act=act, options=options: Command(
                name="operator",
                options={act: {name: _filled(value, at) for name, value in options.items()}},
            ),
            may=OPERATORS,
            refused=("operator.refused",),
            writes=WRITTEN_BY_OPERATOR.get(act, ""),
        )


def _filled(value, at):
    return value.format(guild=at.guild, bystander=at.bystander)


# ---------------------------------------------------------------- cards, drafts, and what is one's own


def _cards() -> Iterator[Line]:
    elsewhere, private = "button.elsewhere", "button.private"
    # Who says no to deleting changes nothing, whoever it is.
    yield _card(CardAct.DELETE_NO, "image", HERE, (elsewhere,))
    yield _card(CardAct.DELETE_NO, "private", OWNER, (elsewhere, private))
    everybody = (CardAct.AGAIN, CardAct.EDIT, CardAct.SEND_EDIT, CardAct.REDO, CardAct.DETAILS, CardAct.SEND)
    for act in everybody:
        writes = "requests" if act in {CardAct.AGAIN, CardAct.SEND_EDIT, CardAct.REDO} else ""
        yield _card(act, "image", HERE, (elsewhere,), writes=writes)
        yield _card(act, "private", OWNER, (elsewhere, private), writes=writes)
        yield _card(act, "hidden", OWNER | MODERATORS, (elsewhere,), writes=writes)
        yield _card(act, "copied", HERE, (elsewhere,), writes=writes)
    yield _card(CardAct.FAVOURITE, "image", HERE, (elsewhere,), writes="favourites")
    yield _card(CardAct.FAVOURITE, "hidden", OWNER | MODERATORS, (elsewhere,), writes="favourites")
    yield _card(CardAct.FAVOURITE, "private", OWNER, (elsewhere, private), writes="favourites")
    # What everybody sees already is not shared; the owner is told so.
    yield _card(CardAct.SHARE, "image", frozenset(), (elsewhere, "button.not_own", "share.public"))
    yield _card(CardAct.SHARE, "private", OWNER, (elsewhere, private), writes="requests")
    yield _card(CardAct.CANCEL, "image", OWNER | MODERATORS, (elsewhere, "cancel.not_yours"))
    yield _card(CardAct.CANCEL, "private", OWNER, (elsewhere, private))
    yield _card(CardAct.CANCEL, "hidden", OWNER | MODERATORS, (elsewhere,))
    for act in (CardAct.DELETE, CardAct.DELETE_YES):
        writes = "requests" if act is CardAct.DELETE_YES else ""
        yield _card(act, "image", OWNER | MODERATORS, (elsewhere, "delete.not_yours"), writes=writes)
        yield _card(act, "private", OWNER, (elsewhere, private), writes=writes)
        yield _card(act, "hidden", OWNER | MODERATORS, (elsewhere,), writes=writes)


def _card(act, needs, may, refused, *, writes=""):
    arg = "imagen-4-fast" if act is CardAct.REDO else ""

    def use(at) -> Use:
        custom_id = CardAddress(act, at.id, arg).custom_id()
        if act is not CardAct.SEND_EDIT:
            return Press(custom_id=custom_id)
        return Send(custom_id=custom_id, fields={"prompt": "a wolf", "model": ["imagen-4"], "lines": ""})

    return Line(name=f"card:{act.value}", use=use, may=may, refused=refused, needs=needs, writes=writes)


def _drafts() -> Iterator[Line]:
    refused = ("draft.others", "draft.gone")
    for act, needs in (
        (DraftAct.MAKE, "draft"),
        (DraftAct.PLAIN, "draft"),
        (DraftAct.CANCEL, "draft"),
        (DraftAct.MODELS, "comparison"),
    ):
        values = ["imagen-4", "imagen-4-ultra"] if act is DraftAct.MODELS else None
        yield Line(
            name=f"draft:{act.value}",
            use=lambda at, act=act, values=values: Press(custom_id=DraftAddress(act, at.id).custom_id(), values=values),
            may=OWNER,
            refused=refused,
            needs=needs,
            writes="requests" if act in {DraftAct.MAKE, DraftAct.PLAIN} else "drafts",
        )


def _own() -> Iterator[Line]:
    """What is about whoever uses it and nobody else, wherever that is."""
    for press in DefaultsPress:
        yield Line(
            name=f"defaults:{press.value}",
            use=lambda _, press=press: _defaults(press),
            may=EVERYBODY,
            writes="member_defaults" if press in {DefaultsPress.SHAPE, DefaultsPress.SEND_NEGATIVE} else "",
        )
    for act in (PrivacyAct.FILE, PrivacyAct.DELETE):
        yield _pressed(f"privacy:{act.value}", f"privacy:{act.value}", EVERYBODY)
    for act in HistoryAct:
        if act is not HistoryAct.OPEN:
            yield Line(name=f"history:{act.value}", use=lambda _, act=act: _history(act), may=EVERYBODY)
    for needs, may in (("image", HERE), ("private", OWNER), ("hidden", OWNER | MODERATORS), ("copied", HERE)):
        yield Line(
            name=f"history:{HistoryAct.OPEN.value}",
            use=lambda at: _history(HistoryAct.OPEN, picked=at.id),
            may=may,
            refused=("history.gone",),
            needs=needs,
        )


def _defaults(press):
    match press:
        case DefaultsPress.SHAPE:
            return Press(custom_id=press.custom_id(), values=["16:9"])
        case DefaultsPress.SEND_NEGATIVE:
            return Send(custom_id=press.custom_id(), fields={"negative_prompt": "rain"})
        case _:
            return Press(custom_id=press.custom_id())


def _history(act, *, picked=None):
    form, spot = "history:1:form:", f"history:1:{act.value}::a::"
    match act:
        case HistoryAct.FORM:
            return Press(custom_id=form, beside=["history:1:newest::a::"])
        case HistoryAct.SAVE:
            return Send(custom_id="history:1:save", fields={"words": "", "model": ["*"], "favourites": "a"})
        case HistoryAct.OPEN:
            return Press(custom_id=spot, values=[str(picked)], beside=[form])
        case _:
            return Press(custom_id=spot, beside=[form])


def _pressed(name, custom_id, may, refused=(), *, values=None, writes=""):
    return Line(
        name=name, use=lambda _: Press(custom_id=custom_id, values=values), may=may, refused=refused, writes=writes
    )


# ---------------------------------------------------------------- what moderators and administrators press


def _presets() -> Iterator[Line]:
    yield _pressed("preset:page", "preset:1:page:0", EVERYBODY)
    yield Line(
        name="preset:save",
        use=lambda _: Send(custom_id="preset:1:save:u:mine", fields={"prompt": "in oil"}),
        may=EVERYBODY,
        writes="presets",
    )
    yield Line(
        name="preset:save",
        use=lambda _: Send(custom_id="preset:1:save:g:house", fields={"prompt": "in oil"}),
        may=MODERATORS_AND_ABROAD,
        refused=("preset.moderators",),
        writes="presets",
    )
    yield _pressed("preset:correct", "preset:1:correct:u:1:mine", EVERYBODY)
    yield _pressed("preset:correct", "preset:1:correct:g:1:house", MODERATORS_AND_ABROAD, ("preset.moderators",))


def _usage() -> Iterator[Line]:
    refused = ("usage.refused", "usage.refused.moderator")
    for act in UsageAct:
        known = f"usage:1:{act.value}:30:member:0"
        yield Line(
            name=f"usage:{act.value}",
            use=lambda _, act=act, known=known: _usage_use(act, known),
            may=ADMINISTRATORS_AND_ABROAD,
            refused=refused,
        )


def _usage_use(act, known):
    match act:
        case UsageAct.SAVE:
            return Send(custom_id=known, fields={"first": "2026-01-01", "last": "2026-01-02"})
        case UsageAct.PERIOD:
            return Press(custom_id=known, values=["today"])
        case UsageAct.TOPIC:
            return Press(custom_id=known, values=["model"])
        case UsageAct.AGAIN:
            return Press(custom_id=f"{known}:a|b")
        case _:
            return Press(custom_id=known)


def _words() -> Iterator[Line]:
    refused = ("words.refused",)
    for act in (WordsAct.ADD, WordsAct.REMOVE, WordsAct.PAGE):
        rest = ":0" if act is WordsAct.PAGE else ""
        yield _pressed(f"words:{act.value}", f"words:1:{act.value}{rest}", MODERATORS_AND_ABROAD, refused)
    for act, fields in (
        (WordsAct.SEND_ADD, {"lines": "heron {id}", "verdict": "block"}),
        (WordsAct.SEND_REMOVE, {"lines": "heron"}),
    ):
        yield Line(
            name=f"words:{act.value}",
            use=lambda at, act=act, fields=fields: Send(
                custom_id=f"words:1:{act.value}",
                fields={name: value.format(id=at.id) for name, value in fields.items()},
            ),
            may=MODERATORS_AND_ABROAD,
            refused=refused,
            writes="word_rules" if act is WordsAct.SEND_ADD else "",
        )


def _panels() -> Iterator[Line]:
    for panel, may, refused in (
        (LIMITS, ADMINISTRATORS_AND_ABROAD, ("panel.limits.refused", "panel.outside")),
        (SAFETY, MODERATORS_AND_ABROAD, ("safety.refused", "panel.outside")),
    ):
        for page in panel.pages:
            at = Address(panel=panel.command, page=page)
            for number, act in enumerate(("show", TURN)):
                yield _pressed(
                    f"panel:{panel.command}:{page.value}:{act}",
                    at.doing(act).custom_id(),
                    may,
                    refused,
                    values=[page.value] if number else None,
                )
            for setting in panel.on(page):
                for act, rest, more in ACTS[type(setting.field).__name__]:
                    yield Line(
                        name=f"panel:{panel.command}:{page.value}:{act}:{setting.name}",
                        use=lambda here, at=at, act=act, rest=rest, more=more, name=setting.name: _panel(
                            here, at.doing(act, name, rest), more
                        ),
                        may=may,
                        refused=refused,
                        done="" if act in {FORM, AGAIN} else "panel.changed",
                    )
    changes = Address(panel=SAFETY.command, page=SAFETY.sheets[0])
    for act in ("export", FORM, SAVE):
        yield Line(
            name=f"panel:{SAFETY.command}:{changes.page.value}:{act}",
            use=lambda here, act=act: _panel(here, changes.doing(act), {"file": [FILE]} if act == SAVE else None),
            may=MODERATORS_AND_ABROAD,
            refused=("safety.refused", "panel.outside"),
            writes="guild_settings" if act == SAVE else "",
        )


AMOUNT = {"amount": "3", "per": "day"}
# What each editor does, by the kind of its setting: the act, what follows the setting in the custom id, and what is
# picked (a list) or filled in (a mapping).
ACTS = {
    "Switch": [("set", "off", None), ("set", "on", None)],
    "Zone": [(FORM, "", None), (AGAIN, "x", None), (SAVE, "", {"zone": "Europe/Berlin"})],
    "Place": [("pick", "", ["{channel}"])],
    "Places": [("pick", "", ["{channel}"])],
    "PeriodAllowance": [
        (FORM, "", None),
        (AGAIN, "day:3", None),
        (SAVE, "", AMOUNT),
        ("drop", "", None),
    ],
    "TargetAllowances": [
        (FORM, "", None),
        (AGAIN, "1:day:3", None),
        (SAVE, "", {"target": ["{target}"], **AMOUNT}),
        ("take", "", ["{target}"]),
    ],
    "ModelCounts": [("pick", "imagen-4", ["2"])],
    "Images": [("pick", "", ["3"])],
    "SafetyLevel": [("pick", "", ["guarded"])],
    "ChannelLevels": [
        (FORM, "", None),
        (AGAIN, "1:guarded", None),
        (SAVE, "", {"target": ["{channel}"], "level": "guarded"}),
        ("take", "", ["{channel}"]),
    ],
    "ShortText": [(FORM, "", None), (AGAIN, "x", None), (SAVE, "", {"words": "be kind"})],
    "Strikes": [
        (FORM, "", None),
        (AGAIN, "24:pause_day:3", None),
        (SAVE, "", {"blocks": "20", "within": "1", "pause": "pause_hour"}),
        ("drop", "", None),
    ],
}

FILE = "what was uploaded"


def _panel(here, address, more):
    custom_id = address.custom_id()
    target = here.role if address.setting == "role_allowances" else here.channel

    def told(value):
        if isinstance(value, list):
            return [told(each) for each in value]
        return here.file if value == FILE else value.format(channel=here.channel, target=target)

    if isinstance(more, dict):
        fields = {name: told(value) for name, value in more.items()}
        return Send(custom_id=custom_id, fields=fields, resolved=here.resolved if "file" in more else None)
    return Press(custom_id=custom_id, values=None if more is None else told(more))


def _cases() -> Iterator[Line]:
    # In their own server a stranger is a moderator, and there is no such case there.
    refused = ("moderation.refused", "moderation.gone")
    for press in (CasePress.CONFIRM_ALL, CasePress.HISTORY, CasePress.EVIDENCE):
        yield _case(press, "report", MODERATORS, refused)
    for press in (CasePress.CONFIRM_ALL, CasePress.HISTORY):
        yield _case(press, "image", MODERATORS, refused, of_request=True)
    for press in (CasePress.APPEAL, CasePress.SEND_APPEAL):
        yield _case(
            press,
            "block",
            OWNER,
            ("appeal.not_yours", "moderation.gone"),
            writes="cases" if press is CasePress.SEND_APPEAL else "",
        )
    for press in (CasePress.REPORT, CasePress.SEND_REPORT):
        writes = "cases" if press is CasePress.SEND_REPORT else ""
        yield _case(press, "image", HERE, ("moderation.gone",), of_request=True, writes=writes)
        yield _case(press, "private", frozenset(), ("moderation.gone", "moderation.private"), of_request=True)
        yield _case(press, "hidden", OWNER | MODERATORS, ("moderation.gone",), of_request=True, writes=writes)
        yield _case(press, "copied", HERE, ("moderation.gone",), of_request=True, writes=writes)
    # What takes all images of a member away leaves nothing for the others to do.
    for act in sorted(CaseAct, key=lambda act: act is CaseAct.DELETE_ALL):
        needs = "appealed" if act in {CaseAct.APPROVE, CaseAct.DECLINE} else "report"
        writes = "" if act in {CaseAct.DELETE_ALL, CaseAct.LIFT, CaseAct.PAUSE} else "case_actions"
        yield _case(
            act, "image", MODERATORS, refused, of_request=True, writes="case_actions" if act is CaseAct.DELETE else ""
        )
        yield _case(act, "private", frozenset(), (*refused, "moderation.private"), of_request=True)
        yield _case(act, needs, MODERATORS, refused, writes=writes)
    for listed in Listed:
        yield _pressed(
            f"moderation:{listed.value}", Page(listed).custom_id(), MODERATORS_AND_ABROAD, ("moderation.refused",)
        )


def _case(does, needs, may, refused, *, of_request=False, writes=""):
    def use(at) -> Use:
        custom_id = CaseAddress(does, at.id, of_request=of_request).custom_id()
        if does in {CasePress.SEND_APPEAL, CasePress.SEND_REPORT}:
            return Send(custom_id=custom_id, fields={"reason": "because"})
        return Press(custom_id=custom_id)

    return Line(name=f"case:{does.value}", use=use, may=may, refused=refused, needs=needs, writes=writes)


def _last() -> Iterator[Line]:
    yield from (
        _pressed(
            f"welcome:{each}",
            f"welcome:{each}",
            ADMINISTRATORS_AND_ABROAD,
            ("welcome.refused",),
            writes="guild_settings",
        )
        for each in ("off", "on")
    )
    yield _pressed("operator:servers", "operator:servers:0", OPERATORS, ("operator.refused",))
    yield _pressed("privacy:sure", "privacy:sure", EVERYBODY)


TABLE: tuple[Line, ...] = (
    *_commands(),
    *_own(),
    *_drafts(),
    *_cards(),
    *_presets(),
    *_usage(),
    *_words(),
    *_panels(),
    *_cases(),
    *_harsh_commands(),
    *_operator_commands(),
    *_last(),
)

# ---------------------------------------------------------------- what a custom id is called here

# Buttons that cannot be pressed have ids that say nothing; forms have fields.
DISABLED = re.compile(r":none:|\A[a-z_]+\Z")
_VERSIONED = re.compile(r"([a-z]+):1:([a-z_]+)")


def name_of(custom_id: str) -> str:
    """The name of the line that a custom id belongs to."""
    address = read_address(custom_id)
    if address is not None:
        known = f"panel:{address.panel}:{address.page.value}:{address.act}"
        return f"{known}:{address.setting}" if address.setting else known
    found = _VERSIONED.match(custom_id)
    if found is not None:
        return f"{found[1]}:{found[2]}"
    return "operator:servers" if custom_id.startswith("operator:servers:") else custom_id
