from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import IMAGEN_3, IMAGEN_4, PROMPT, SAFETY_LEVELS, SEED_MAX, Catalog
from bot.fields import Choice, Text, Toggle, Whole
from bot.intake import Refusal, choose_models, count_of, decide, images_of
from bot.jobs import IMAGES_MAX, Outcome, Request, State
from bot.levels import Level

NOW_MS = 1_795_000_000_000


def request(model="imagen-4", command="imagen", **values):
    return Request(
        interaction_id=77,
        guild_id=1,
        channel_id=2,
        place_id=2,
        user_id=3,
        locale="en-US",
        guild_locale="en-US",
        command=command,
        model=model,
        values={"prompt": "a cat", **values},
        private=False,
        spoiler=False,
        created_ms=NOW_MS - 200,
        reply="address",
        filesize_limit_bytes=10_485_760,
    )


def fast(**values):
    return request("imagen-4-fast", "imagen-fast", **values)


def accepted(asked, *, catalog=None, ceiling=SAFETY_LEVELS[0], level=Level.STANDARD, out=(), seed=0):
    return decide(
        asked,
        catalog=catalog or Catalog(),
        ceiling=ceiling,
        level=level,
        out=dict(out),
        rng=Random(seed),
        now_ms=NOW_MS,
    )


def refusal(asked, **known):
    with pytest.raises(Refusal) as caught:
        accepted(asked, **known)
    return caught.value


def test_a_request_becomes_one_accepted_job():
    (job,) = accepted(request())
    assert (job.interaction_id, job.number, job.model, job.slug) == (77, 0, "imagen-4", "imagen-4")
    assert (job.state, job.accepted_ms, job.price_microcredits) == (State.ACCEPTED, NOW_MS, 60_000)
    assert job.payload == {"prompt": "a cat", "aspect_ratio": "4:3", "negative_prompt": "blurry, pixelated"}


def test_the_prompt_is_sent_with_every_space_it_came_with():
    assert accepted(request(prompt=" White bear\n"))[0].payload["prompt"] == " White bear\n"


def test_count_is_so_many_jobs_and_segmind_is_not_told():
    jobs = accepted(request(count=4))
    assert [job.number for job in jobs] == [0, 1, 2, 3]
    assert all("count" not in job.payload for job in jobs)


@given(seed=st.integers(0, SEED_MAX), count=st.integers(1, 4))
def test_image_i_uses_seed_plus_i(seed, count):
    jobs = accepted(fast(seed=seed, count=count))
    assert [job.seed for job in jobs] == [(seed + number) % (SEED_MAX + 1) for number in range(count)]


@given(chance=st.integers(0, 10_000), given_seed=st.sampled_from([{}, {"seed": -1}]))
def test_a_random_seed_is_drawn_here_so_that_it_can_be_named(chance, given_seed):
    jobs = accepted(fast(count=2, **given_seed), seed=chance)
    assert jobs[0].seed >= 0
    assert jobs[1].seed == (jobs[0].seed + 1) % (SEED_MAX + 1)


def test_two_requests_do_not_draw_the_same_seed():
    assert len({accepted(fast(), seed=chance)[0].seed for chance in range(50)}) == 50


def test_a_model_without_seeds_is_sent_none():
    assert all(job.seed is None for job in accepted(request(count=2)))


@given(chance=st.integers(0, 1000), low=st.integers(-9, 9))
def test_a_model_of_the_operators_draws_seeds_within_its_own_bounds(chance, low):
    seeds = Whole(name="seed", low=low, high=9)
    model = replace(IMAGEN_4, fields=(PROMPT, seeds))
    for job in accepted(request(count=4), catalog=Catalog((model,)), seed=chance):
        assert max(0, low) <= job.seed <= 9


def test_an_option_of_the_other_model_is_refused_with_its_name_and_who_takes_it():
    refused = refusal(request("imagen-3", negative_prompt="dogs"))
    assert refused.message_id == "option_not_taken"
    assert refused.values == {"option": "negative_prompt", "model": "Imagen 3", "takers": "Imagen 4"}


def test_an_option_that_no_model_of_the_command_takes_is_refused_by_name():
    refused = refusal(request(steps=5))
    assert (refused.message_id, refused.values["option"]) == ("option_unknown", "steps")


@pytest.mark.parametrize(
    ("values", "message_id", "option"),
    [
        ({"prompt": " "}, "bad_value.blank", "prompt"),
        ({"prompt": "a" * 2001}, "bad_value.length", "prompt"),
        ({"prompt": "\ud800"}, "bad_value.unreadable", "prompt"),
        ({"aspect_ratio": "2:1"}, "bad_value.choice", "aspect_ratio"),
        ({"count": 5}, "bad_value.range", "count"),
        ({"count": 0}, "bad_value.range", "count"),
        ({"negative_prompt": 3}, "bad_value.not_text", "negative_prompt"),
    ],
)
def test_a_value_that_discord_should_not_have_let_through_is_refused_all_the_same(values, message_id, option):
    refused = refusal(request(**values))
    assert (refused.message_id, refused.values["option"]) == (message_id, option)


def test_a_size_against_the_chosen_ratio_is_refused():
    assert refusal(fast(aspect_ratio="16:9", width=512, height=512)).message_id == "bad_value.shape"
    assert refusal(fast(aspect_ratio="16:9", width=256)).message_id == "bad_value.shape_range"


@pytest.mark.parametrize("ceiling", SAFETY_LEVELS)
@pytest.mark.parametrize("level", SAFETY_LEVELS)
def test_nothing_looser_than_the_ceiling_is_sent(ceiling, level):
    asked = request("imagen-3", safety_filter_level=level)
    if SAFETY_LEVELS.index(level) <= SAFETY_LEVELS.index(ceiling):
        assert accepted(asked, ceiling=ceiling, level=Level.OPEN)[0].payload["safety_filter_level"] == level
    else:
        refused = refusal(asked, ceiling=ceiling, level=Level.OPEN)
        assert (refused.message_id, refused.values) == ("safety_ceiling", {"level": level, "ceiling": ceiling})


def test_the_default_level_of_imagen_3_is_within_the_strictest_ceiling():
    assert accepted(request("imagen-3"))[0].payload["safety_filter_level"] == SAFETY_LEVELS[0]


@pytest.mark.parametrize("default", ["BLOCK_NONE", "block_only_high"])
def test_a_filter_that_nobody_can_rank_counts_as_looser_than_any_level(default):
    level = Choice(name="safety_filter_level", choices=(default,), default=default)
    catalog = Catalog((replace(IMAGEN_4, fields=(PROMPT, level)),))
    refused = refusal(request(), catalog=catalog, ceiling=SAFETY_LEVELS[-1], level=Level.OPEN)
    assert refused.message_id == "level_models"


@pytest.mark.parametrize(
    "asked",
    [request("dall-e"), request("imagen-4-ultra"), request("imagen-4", "imagen-ultra")],
    ids=["unknown", "of another command", "under another command"],
)
def test_a_model_is_only_offered_under_its_own_command(asked):
    with pytest.raises(Refusal) as caught:
        choose_models(asked, Catalog())
    assert caught.value.message_id == "model_not_offered"


def test_a_model_that_is_switched_off_makes_nothing():
    catalog = Catalog((replace(IMAGEN_4, enabled=False), IMAGEN_3))
    assert refusal(request(), catalog=catalog).message_id == "model_not_offered"


@pytest.mark.parametrize(
    ("out", "successor", "message_id", "named"),
    [
        (Outcome.MODEL_RETIRED, "imagen-3", "out.model_retired.successor", "Imagen 3 (/imagen)"),
        (Outcome.MODEL_RETIRED, None, "out.model_retired", ""),
        (Outcome.NOT_AVAILABLE, "imagen-3", "out.not_available", "Imagen 3 (/imagen)"),
        (Outcome.OUT_OF_CREDITS, None, "out.out_of_credits", ""),
    ],
)
def test_a_model_out_of_service_is_refused_with_the_reason_and_the_successor(out, successor, message_id, named):
    catalog = Catalog((replace(IMAGEN_4, successor=successor), IMAGEN_3))
    refused = refusal(request(), catalog=catalog, out={"imagen-4": out})
    assert (refused.message_id, refused.values["successor"]) == (message_id, named)


def test_an_option_of_the_bot_itself_is_never_sent():
    model = replace(IMAGEN_4, fields=(PROMPT, Text(name="style"), Toggle(name="hd")))
    (job,) = accepted(request(count=1, private=True, spoiler=True, style="x"), catalog=Catalog((model,)))
    assert job.payload == {"prompt": "a cat", "style": "x"}


# ---------------------------------------------------------------- several models, several prompts

BOTH = ("imagen-4-ultra", "imagen-4-fast")


def comparison(*models, expand=False, **values):
    return replace(request(models[0], "imagen-compare", **values), models=models, expand=expand)


def test_a_comparison_is_made_by_each_of_its_models_at_its_own_price():
    jobs = accepted(comparison(*BOTH, count=2))
    assert [(job.number, job.model, job.slug, job.price_microcredits) for job in jobs] == [
        (0, "imagen-4-ultra", "imagen-4-ultra", 75_000),
        (1, "imagen-4-ultra", "imagen-4-ultra", 75_000),
        (2, "imagen-4-fast", "imagen-4-fast", 25_000),
        (3, "imagen-4-fast", "imagen-4-fast", 25_000),
    ]


def test_each_model_of_a_comparison_is_sent_what_it_takes_of_the_options():
    first, second = accepted(comparison("imagen-3", "imagen-4-fast", negative_prompt="dogs", steps=5, seed=9))
    assert first.payload == {
        "prompt": "a cat",
        "aspect_ratio": "16:9",
        "person_generation": "ALLOW_ADULT",
        "safety_filter_level": SAFETY_LEVELS[0],
    }
    assert (second.payload["negative_prompt"], second.payload["steps"], second.seed) == ("dogs", 5, 9)


def test_a_bad_prompt_is_named_in_a_comparison_too():
    assert refusal(comparison(*BOTH, prompt="a" * 2001)).message_id == "bad_value.length"


def test_a_single_model_is_not_spared_an_option_that_it_does_not_take():
    assert refusal(request("imagen-3", negative_prompt="dogs")).message_id == "option_not_taken"


@pytest.mark.parametrize("models", [("imagen-4", "dall-e"), ("dall-e", "imagen-4")])
def test_a_comparison_with_a_model_that_is_not_offered_is_refused_with_its_name(models):
    refused = refusal(comparison(*models))
    assert (refused.message_id, refused.values["model"]) == ("model_not_offered", "dall-e")


def test_each_model_of_a_comparison_must_be_in_service():
    refused = refusal(comparison(*BOTH), out={"imagen-4-fast": Outcome.NOT_AVAILABLE})
    assert (refused.message_id, refused.values["model"]) == ("out.not_available", "Imagen 4 Fast")


def test_each_model_of_a_comparison_must_be_used_at_the_level_of_the_place():
    looser = Choice(name="safety_filter_level", choices=("BLOCK_NONE",), default="BLOCK_NONE")
    catalog = Catalog((IMAGEN_3, replace(IMAGEN_4, fields=(PROMPT, looser))))
    refused = refusal(comparison("imagen-3", "imagen-4"), catalog=catalog)
    assert (refused.message_id, refused.values["model"]) == ("level_model", "Imagen 4")


def test_the_ceiling_counts_for_each_model_of_a_comparison():
    asked = comparison("imagen-4", "imagen-3", safety_filter_level=SAFETY_LEVELS[-1])
    assert refusal(asked, level=Level.OPEN).message_id == "safety_ceiling"


def test_each_choice_in_a_prompt_is_a_job_and_says_its_own_prompt():
    jobs = accepted(replace(fast(prompt="a {red|blue} bird", count=2, seed=5), expand=True))
    assert [(job.payload["prompt"], job.seed) for job in jobs] == [
        ("a red bird", 5),
        ("a red bird", 6),
        ("a blue bird", 5),
        ("a blue bird", 6),
    ]


def test_choices_make_the_same_seed_where_it_is_drawn_so_that_only_the_words_differ():
    jobs = accepted(replace(fast(prompt="{red|blue|green}"), expand=True))
    assert len({job.seed for job in jobs}) == 1


def test_braces_are_text_where_nobody_wants_choices():
    (job,) = accepted(request(prompt="a {red|blue} bird"))
    assert job.payload["prompt"] == "a {red|blue} bird"


def test_each_model_of_a_comparison_makes_each_choice():
    jobs = accepted(comparison(*BOTH, expand=True, prompt="{red|blue}"))
    assert [(job.model, job.payload["prompt"]) for job in jobs] == [
        ("imagen-4-ultra", "red"),
        ("imagen-4-ultra", "blue"),
        ("imagen-4-fast", "red"),
        ("imagen-4-fast", "blue"),
    ]


def test_more_images_than_a_message_shows_are_refused_with_how_many_it_does():
    assert len(accepted(comparison(*BOTH, expand=True, prompt="{1|2|3|4|5}"))) == IMAGES_MAX
    refused = refusal(comparison(*BOTH, expand=True, prompt="{1|2|3|4|5|6}"))
    assert (refused.message_id, refused.values) == ("images_over", {"high": IMAGES_MAX})


def test_choices_without_end_are_refused_before_any_prompt_is_made():
    assert refusal(replace(request(prompt="{a|b}" * 400), expand=True)).message_id == "images_over"


def test_a_choice_that_leaves_no_words_is_refused():
    refused = refusal(replace(request(prompt="{a|}"), expand=True))
    assert (refused.message_id, refused.values["option"]) == ("bad_value.length", "prompt")


def test_how_many_images_it_asks_for_is_known_beforehand():
    asked = comparison(*BOTH, expand=True, prompt="{a|b|c}", count=4)
    assert (count_of(asked), images_of(asked), images_of(replace(asked, expand=False))) == (4, 24, 8)
