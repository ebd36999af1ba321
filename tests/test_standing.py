"""What members are told of their standing, from claims and balances alone."""

from dataclasses import replace

import pytest

from bot.catalog import IMAGEN_4, IMAGEN_4_FAST, MODELS, Catalog
from bot.intake import Refusal
from bot.jobs import Job, State
from bot.limits import Asker, Limit, Rules, Shortage, Source, Usage, allot, claims
from bot.periods import Per
from bot.setting_fields import AMOUNT_MAX_MICROCREDITS, Allowance, Budget, BudgetKind
from bot.settings import Settings
from bot.standing import PROMPT_CHARACTERS_MAX, Standing, StandingText, images_left, tightest
from bot.text import Texts

TEXTS = Texts()
NOW_MS = 1_795_176_000_000
CREDIT = 1_000_000
ASKER = Asker(guild_id=7, place_id=8, user_id=9, role_ids=(5,))
# Noon of a Friday: the day ends at 1795219200, the month at 1796083200.
DAY_ENDS, MONTH_ENDS = "<t:1795219200:R>", "<t:1796083200:R>"
DAILY = {"amount_microcredits": 2 * CREDIT, "per": "day"}


def installation(**changed):
    budget = Budget(BudgetKind.LIMITED, Allowance(10 * CREDIT, Per.MONTH))
    defaults = {"default_budget": budget, "ceiling_per_day": 25 * CREDIT, "ceiling_per_month": 250 * CREDIT}
    return defaults | changed


def standing(guild=None, *, usages=None, refusal=None, underway=(), installed=None, asker=ASKER, out=()):
    """`usages` are by source."""
    defaults = installed or installation()
    rules = Rules(guild=Settings(guild or {}, defaults), installation=Settings({}, defaults), zones=())
    asked = claims(asker, rules, now_ms=NOW_MS)
    found = {limit: usages[limit.source] for claim in asked for limit in claim if limit.source in (usages or {})}
    return Standing(
        rules=rules,
        refusal=refusal,
        out=frozenset(out),
        claims=asked,
        usages=found,
        underway=tuple(underway),
    )


def said(of, *, catalog=None, locale="en-US"):
    return StandingText(texts=TEXTS, locale=locale, catalog=catalog or Catalog()).paragraphs(of)


def used(credits_used):
    return Usage(0, 0, round(credits_used * CREDIT))


def granted(credits_given, credits_used=0.0):
    return Usage(round(credits_given * CREDIT), 0, round(credits_used * CREDIT))


def test_the_first_sentence_counts_images_with_the_default_model_and_the_cheapest():
    first, lines, _ = said(standing({"member_allowance": DAILY}, usages={Source.MEMBER: used(0.5)}))
    assert first.startswith("**You can make about 25 images with Imagen 4 right now (about 60 with Imagen 4 Fast).**")
    assert first.endswith("What limits you most: Your allowance.")
    assert f"**Your allowance:** 1.5 of 2 credits left (about 25 images). Renewed {DAY_ENDS}." in lines


def test_one_image_is_spoken_of_as_one():
    first, lines, _ = said(standing({"member_allowance": DAILY}, usages={Source.MEMBER: used(1.94)}))
    assert "about 1 image with Imagen 4 right now" in first
    assert "(about 1 image)" in lines


def test_an_allowance_of_a_role_names_the_role():
    _, lines, _ = said(standing({"role_allowances": {"5": {"amount_microcredits": CREDIT, "per": "month"}}}))
    assert f"**Your allowance as <@&5>:** 1 of 1 credit left (about 16 images). Renewed {MONTH_ENDS}." in lines


def test_extra_credits_and_top_ups_count_and_do_not_expire():
    usages = {Source.MEMBER: used(2), Source.EXTRA: granted(3, 1.5), Source.TOP_UP: granted(1)}
    first, lines, _ = said(standing({"member_allowance": DAILY}, usages=usages))
    assert "about 25 images with Imagen 4" in first
    assert "**Your allowance:** 0 of 2 credits left (too little for an image)." in lines
    assert "**Your extra credits:** 1.5 credits left (about 25 images). They do not expire." in lines
    assert "**Extra credits of this server:** 1 credit left (about 16 images). It does not expire." in lines


def test_what_was_never_given_is_not_mentioned():
    _, lines, _ = said(standing({"member_allowance": DAILY}))
    assert "extra" not in lines.lower()


def test_a_channels_allowance_holds_back_who_has_enough_of_their_own():
    guild = {"member_allowance": DAILY, "channel_allowances": {"8": {"amount_microcredits": CREDIT, "per": "week"}}}
    first, lines, _ = said(standing(guild, usages={Source.CHANNEL: used(0.4)}))
    assert "about 10 images" in first
    assert first.endswith("What limits you most: This channel, all members together.")
    assert "**This channel, all members together:** 0.6 of 1 credit left (about 10 images)." in lines


def test_the_servers_budget_is_told_to_who_has_no_allowance():
    first, lines, _ = said(standing(usages={Source.BUDGET: used(4)}))
    assert "about 100 images" in first
    assert lines.startswith("**Your allowance:** unlimited\n")
    assert f"**This server, all members together:** 6 of 10 credits left (about 100 images). Renewed {MONTH_ENDS}." in (
        lines
    )


@pytest.mark.parametrize("source", [Source.CEILING_DAY, Source.CEILING_MONTH])
def test_a_ceiling_of_the_operators_is_told_only_where_it_holds_back_most(source):
    amount = 25 if source is Source.CEILING_DAY else 250
    words = TEXTS("en", f"source.{source.value}")
    assert words not in "\n".join(said(standing(usages={source: used(amount - 12)})))
    first, lines, _ = said(standing(usages={source: used(amount - 1)}))
    assert first.endswith(f"What limits you most: {words}.")
    assert f"**{words}:** 1 credit left (about 16 images)." in lines
    assert f"of {amount}" not in lines


def test_where_only_a_cheaper_model_fits_that_is_said():
    first, _, _ = said(standing({"member_allowance": DAILY}, usages={Source.MEMBER: used(1.95)}))
    assert first.startswith(
        "**Right now, you have too little left for Imagen 4, but you can make about 2 images with Imagen 4 Fast.**"
    )


def test_where_nothing_fits_that_is_said_with_what_is_used_up():
    first, lines, _ = said(standing({"member_allowance": DAILY}, usages={Source.MEMBER: used(2)}))
    assert first == (
        "**You cannot make an image right now: too little is left.**\nWhat limits you most: Your allowance."
    )
    assert DAY_ENDS in lines


def test_left_overs_of_two_sources_make_no_image_together():
    guild = {"member_allowance": {"amount_microcredits": 50_000, "per": "day"}}
    first, _, _ = said(standing(guild, usages={Source.EXTRA: granted(0.05)}), catalog=Catalog((IMAGEN_4,)))
    assert first.startswith("**You cannot make an image right now")


def test_unlimited_is_said_to_be_unlimited():
    without_end = {"amount_microcredits": AMOUNT_MAX_MICROCREDITS, "per": "day"}
    installed = installation(
        default_budget=Budget(BudgetKind.UNLIMITED),
        ceiling_per_day=AMOUNT_MAX_MICROCREDITS,
        ceiling_per_month=AMOUNT_MAX_MICROCREDITS,
    )
    first, lines, _ = said(standing({"member_allowance": without_end}, installed=installed))
    assert first == "**You can make as many images as you like: nothing limits you here.**"
    assert lines == "**Your allowance:** unlimited\n**This server, all members together:** unlimited"


def test_a_model_that_the_server_switched_off_is_not_counted_in():
    first, _, _ = said(standing({"model_counts": {"imagen-4": 0, "imagen-4-fast": 0}}))
    assert first.startswith("**You can make about 166 images with Imagen 3 right now.**")


def test_a_model_that_is_out_of_service_is_not_counted_in():
    first, _, _ = said(standing(out={"imagen-4", "imagen-4-fast"}))
    assert first.startswith("**You can make about 166 images with Imagen 3 right now.**")


def test_where_only_a_model_that_is_out_of_service_would_fit_nothing_can_be_made():
    of = standing({"member_allowance": DAILY}, usages={Source.MEMBER: used(1.95)}, out={"imagen-4-fast"})
    assert said(of)[0].startswith("**You cannot make an image right now: too little is left.**")


def test_where_no_images_are_made_none_are_counted_and_what_is_left_is_told():
    stopped = Refusal("out.out_of_credits", model="Imagen 4")
    every = {model.key for model in MODELS}
    first, lines, _ = said(standing({"member_allowance": DAILY}, refusal=stopped, out=every))
    assert first == TEXTS("en", "refusal.out.out_of_credits")
    assert f"**Your allowance:** 2 of 2 credits left. Renewed {DAY_ENDS}." in lines
    assert "image" not in lines


def test_where_all_models_are_off_that_is_said_first():
    off = {model.key: 0 for model in MODELS}
    first, lines, _ = said(standing({"model_counts": off}))
    assert first.startswith("**All models are switched off in this server.**")
    assert "10 of 10 credits left. Renewed" in lines


def test_a_refusal_comes_first_in_its_own_words():
    first, lines, _ = said(standing({"member_allowance": DAILY}, refusal=Refusal("bot_off")))
    assert first == TEXTS("en", "refusal.bot_off")
    assert "**Your allowance:** 2 of 2 credits left" in lines


def test_a_blocked_server_is_not_told_of_a_budget_of_nothing():
    blocked = standing({"budget": {"kind": "blocked"}}, refusal=Refusal("server_blocked"))
    assert "This server" not in said(blocked)[1]


@pytest.mark.parametrize("price", [25_000, 60_000, 75_000])
@pytest.mark.parametrize("extra", [0, 90_000, 130_000])
def test_the_count_is_what_would_be_allotted(price, extra):
    guild = {"member_allowance": {"amount_microcredits": 200_000, "per": "day"}}
    of = standing(guild, usages={Source.MEMBER: used(0.03), Source.EXTRA: Usage(extra, 0, 0)})
    _, images = tightest(of.claims, of.usages, price_microcredits=price)
    assert not isinstance(allot(of.claims, of.usages, prices=[price] * images), Shortage)
    assert isinstance(allot(of.claims, of.usages, prices=[price] * (images + 1)), Shortage)


def test_an_image_that_costs_nothing_is_limited_by_nothing():
    limit = Limit(source=Source.MEMBER, owner="x", period=standing().claims[0][0].period, amount_microcredits=0)
    assert images_left((limit,), {}, price_microcredits=0) is None


# ---------------------------------------------------------------- what is under way


def job(interaction_id, number=0, *, state=State.ACCEPTED, prompt="a cabin", model=IMAGEN_4):
    return Job(
        interaction_id=interaction_id,
        number=number,
        model=model.key,
        slug=model.slug,
        payload={"prompt": prompt},
        price_microcredits=model.price_microcredits,
        state=state,
        accepted_ms=NOW_MS - 60_000,
    )


def test_nothing_under_way_is_said_too():
    assert said(standing())[2] == "Nothing of yours is under way."


def test_what_waits_and_what_is_being_made_is_listed_by_request():
    underway = [job(1, 0), job(1, 1), job(2, 0, state=State.RUNNING, model=IMAGEN_4_FAST), job(2, 1)]
    assert said(standing(underway=underway))[2].splitlines() == [
        "**2 requests of yours are under way**",
        "Waiting: 2 images with Imagen 4, asked for <t:1795175940:R>: a cabin",
        "Being made: 2 images with Imagen 4 Fast, Imagen 4, asked for <t:1795175940:R>: a cabin",
    ]


def test_at_most_five_requests_are_listed_and_the_others_counted():
    lines = said(standing(underway=[job(number) for number in range(8)]))[2].splitlines()
    assert len(lines) == 7
    assert lines[-1] == "… and 3 more."


def test_a_prompt_is_clipped_and_formats_nothing():
    prompt = "**bold**\n@everyone " + "x" * 2_000
    (_, line) = said(standing(underway=[job(1, prompt=prompt)]))[2].splitlines()
    assert "\\*\\*bold\\*\\* @\u200beveryone x" in line
    assert line.endswith("…")
    assert len(line) < PROMPT_CHARACTERS_MAX + 100


def test_a_model_that_is_gone_is_named_by_its_key():
    underway = [replace(job(1), model="imagen-2")]
    assert "1 image with imagen-2" in said(standing(underway=underway))[2]
