"""A server's AutoMod rules as Discord lists them: what of them counts for prompts, for whom, and what cannot."""

import pytest

from bot.automod import Standing, read
from bot.words.rules import Effect


def rule(name="Words", *, trigger=1, event=1, enabled=True, actions=({"type": 1},), roles=(), channels=(), **metadata):
    return {
        "id": "1",
        "guild_id": "2",
        "name": name,
        "event_type": event,
        "trigger_type": trigger,
        "trigger_metadata": metadata,
        "actions": list(actions),
        "enabled": enabled,
        "exempt_roles": [str(each) for each in roles],
        "exempt_channels": [str(each) for each in channels],
    }


def found(automod, text):
    return [(hit.rule.pattern, hit.rule.effect) for applied in automod.applied for hit in applied.find(text)]


def test_keywords_wildcards_patterns_and_the_allow_list_count_as_there():
    automod = read([rule(keyword_filter=["cat", "dog*"], regex_patterns=["b[o0]t"], allow_list=["hot dog"])])
    assert automod.standing is Standing.READ
    assert found(automod, "cat doggy b0t") == [
        ("cat", Effect.BLOCK),
        ("dog*", Effect.BLOCK),
        ("b[o0]t", Effect.BLOCK),
    ]
    assert found(automod, "concatenate a hot dog") == []
    assert automod.size == 4


@pytest.mark.parametrize(
    ("actions", "effect"),
    [
        ([{"type": 1, "metadata": {}}], Effect.BLOCK),
        ([{"type": 2, "metadata": {"channel_id": "3"}}], Effect.FLAG),
        (
            [{"type": 2, "metadata": {"channel_id": "3"}}, {"type": 3, "metadata": {"duration_seconds": 60}}],
            Effect.BLOCK,
        ),
        ([{"type": 2, "metadata": {"channel_id": "3"}}, {"type": 1, "metadata": None}], Effect.BLOCK),
    ],
)
def test_a_rule_that_only_alerts_flags_and_every_other_blocks(actions, effect):
    assert found(read([rule(keyword_filter=["cat"], actions=actions)]), "cat") == [("cat", effect)]


@pytest.mark.parametrize("off", [{"enabled": False}, {"event": 2}, {"trigger": 3}, {"trigger": 5}, {"trigger": 6}])
def test_rules_that_are_off_or_about_something_else_do_not_count(off):
    automod = read([rule(keyword_filter=["cat"], **off)])
    assert (automod.applied, automod.not_applied, automod.presets) == ((), (), ())


def test_presets_cannot_be_read_and_are_named():
    automod = read([rule("Slurs", trigger=4, presets=[3]), rule("Off", trigger=4, enabled=False, presets=[1])])
    assert automod.presets == ("Slurs",)
    assert automod.applied == ()


def test_a_pattern_that_the_engine_refuses_is_named_with_its_rule_and_the_others_count():
    automod = read(
        [rule("Odd", keyword_filter=["cat"], regex_patterns=["(?=x)y", "d[o0]g"]), rule("Fine", keyword_filter=["cow"])]
    )
    assert [(each.rule, each.pattern, each.error.reason) for each in automod.not_applied] == [
        ("Odd", "(?=x)y", "bad_rule.pattern")
    ]
    assert [pattern for pattern, _ in found(automod, "cat d0g cow")] == ["cat", "d[o0]g", "cow"]


def test_exempt_roles_and_channels_are_exempt():
    (applied,) = read([rule(keyword_filter=["cat"], roles=[5], channels=[7])]).applied
    assert applied.rule.exempts(role_ids=(4, 5), channel_ids=(1, 2))
    assert applied.rule.exempts(role_ids=(4,), channel_ids=(1, 7))
    assert not applied.rule.exempts(role_ids=(7,), channel_ids=(5,))


def test_the_message_is_the_one_of_the_action_that_blocks():
    actions = [{"type": 2, "metadata": {"channel_id": "3"}}, {"type": 1, "metadata": {"custom_message": "Be kind"}}]
    assert read([rule(keyword_filter=["cat"], actions=actions)]).applied[0].rule.message == "Be kind"
    assert read([rule(keyword_filter=["cat"])]).applied[0].rule.message is None
