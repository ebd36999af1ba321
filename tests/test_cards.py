import re
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.writer import ALT_CHARACTERS_MAX, CardWriter, Pace, View, card_locale, ref_of
from bot.catalog import IMAGEN_3, IMAGEN_4, IMAGEN_4_FAST, PROMPT, Catalog
from bot.fields import Choice, Number, Text, Toggle
from bot.intake import decide
from bot.jobs import Outcome, Remover, Request, State
from bot.levels import Level
from bot.markdown import BREAK
from bot.ports import CardImage
from bot.safety import Category
from bot.text import Texts
from bot.turns import Place
from bot.ways import TOKEN_LIFE_MS
from cogs.widgets import TEXTS_MAX

# A model as an operator might add it: everything as long and as awkward as the file allows.
AWKWARD = replace(
    IMAGEN_4,
    key="awkward",
    command="awkward",
    label="界" * 100,
    successor="imagen-4",
    fields=(
        PROMPT,
        *(Text(name=f"words_{n:_<26}", high=6000) for n in range(10)),
        *(Choice(name=f"choice_{n:_<25}", choices=("層" * 100,), default="層" * 100) for n in range(8)),
        Toggle(name="hd", default=True),
        Number(name="strength", low=0, high=1, default=1 / 3),
    ),
)
CATALOG = Catalog((IMAGEN_4, IMAGEN_3, IMAGEN_4_FAST, AWKWARD))
WRITER = CardWriter(texts=Texts(), catalog=CATALOG)
VIEW = View(pace=Pace.USUAL, waiting=False, fetching=False, expected_ms=12_001, gives_up_ms=3_600_000, images={})

LINK = f"https://discord.com/channels/{2**64}/{2**64}/{2**64}"

NASTY = st.sampled_from(["`", "*", "@everyone ", "\n", "🏔", "שלום", "\u202e", "雪", "<@1>", "https://x ", "1. ", "\\"])
TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(NASTY, min_size=1, max_size=60).map("".join),
    # The longest there is, of one thing only.
    st.tuples(NASTY, st.just(2000)).map(lambda pair: (pair[0] * pair[1])[: pair[1]]),
)
PROMPTS = TEXT.map(lambda words: f"a{words}"[:2000])


def request(model=IMAGEN_4, *, private=False, **values):
    return Request(
        interaction_id=1_234_567_890_123_456_789,
        guild_id=1,
        channel_id=2,
        place_id=2,
        user_id=3,
        locale="de",
        guild_locale="en-US",
        command=model.command,
        model=model.key,
        values={"prompt": "a cat", **values},
        private=private,
        spoiler=False,
        created_ms=0,
        reply=None,
        filesize_limit_bytes=1,
    )


def jobs_of(asked):
    level = Level.STANDARD
    return decide(asked, catalog=CATALOG, ceiling="BLOCK_ONLY_HIGH", level=level, out={}, rng=Random(0), now_ms=0)


def image(number=0):
    return CardImage(filename=f"{number}.png", path="", alt="", spoiler=False, attachment_id=None)


def write(asked=None, changes=({},), **seen):
    """The card of a request whose jobs differ from accepted ones like this."""
    asked = asked or request(count=len(changes))
    jobs = [replace(job, **change) for job, change in zip(jobs_of(asked), changes, strict=True)]
    return WRITER.write(asked, jobs, replace(VIEW, **seen))


def done(**changes):
    return {"state": State.DONE, "finished_ms": 9_500, **changes}


def failed(outcome=Outcome.PROVIDER_FAILED, **changes):
    return {"state": State.FAILED, "finished_ms": 4_000, "outcome": outcome, **changes}


def texts_of(card):
    return [card.title, *card.lines, f"-# {card.small}"]


# ---------------------------------------------------------------- the limits of one message


MODELS = st.sampled_from(CATALOG.models)
LIVES = st.fixed_dictionaries(
    {
        "state": st.sampled_from(State),
        "outcome": st.one_of(st.none(), st.sampled_from(Outcome)),
        "category": st.one_of(st.none(), st.sampled_from(Category).map(str)),
        "detail": st.one_of(st.none(), TEXT, st.just("`@雪" * 1_000)),
        "finished_ms": st.one_of(st.none(), st.integers(0, 10**7)),
        "cost_microcredits": st.one_of(st.none(), st.integers(0, 10**12)),
    }
)
SEEN = st.fixed_dictionaries(
    {
        "pace": st.sampled_from(Pace),
        "waiting": st.booleans(),
        "fetching": st.booleans(),
        "expected_ms": st.integers(0, 2**42),
        "gives_up_ms": st.integers(0, 2**42),
        "place": st.one_of(st.none(), st.builds(Place, st.integers(0, 10**6), st.integers(1, 10**6))),
        "starts_ms": st.one_of(st.none(), st.integers(0, 2**42)),
        "percent": st.sampled_from([0, 33, 50, 66]),
        "parent": st.sampled_from([None, LINK]),
        "unfetched": st.frozensets(st.integers(0, 3)),
        "shrunk": st.booleans(),
        "hide_words": st.booleans(),
    }
)


@st.composite
def shown_requests(draw):
    """A request with its jobs in any states, and what may be known beside them."""
    model = draw(MODELS)
    values = {"prompt": draw(PROMPTS)}
    for name in [field.name for field in model.fields if isinstance(field, Text) and field is not PROMPT]:
        values[name] = draw(TEXT)[: model.field(name).high]
    asked = request(model, private=draw(st.booleans()), **values)
    (one,) = jobs_of(asked)
    models, words = draw(st.sets(MODELS)) | {model}, draw(st.sets(PROMPTS, max_size=3))
    several = [
        replace(one, number=number, model=each.key, payload={**one.payload, **each.payload({"prompt": prompt})})
        for number, (each, prompt) in enumerate(
            (each, prompt) for each in sorted(models, key=lambda each: each.key) for prompt in words or {asked.prompt}
        )
    ]
    jobs = [replace(job, **draw(LIVES)) for job in several[: draw(st.integers(1, 10))]]
    images = draw(st.sets(st.sampled_from([job.number for job in jobs])))
    return asked, jobs, View(images={number: image(number) for number in images}, **draw(SEEN))


@settings(max_examples=300, deadline=None)
@given(shown_requests())
def test_every_card_stays_within_the_limits_of_one_message_and_pings_nobody(shown):
    view = shown[2]
    card = WRITER.write(*shown)
    texts = texts_of(card)
    # What the rim may put above it to call who asked.
    texts.append(f"<@{2**64}>")
    assert sum(map(len, texts)) <= 4_000
    assert sum(len(text.encode()) + 12 for text in texts) <= 10_000
    assert len(texts) <= TEXTS_MAX
    assert len(texts) + len(card.images) + 2 + len(card.rows) + sum(map(len, card.rows)) <= 40
    assert all(0 < len(button.label) <= 80 for row in card.rows for button in row)
    assert all(0 < len(row) <= 5 for row in card.rows)
    assert all(texts)
    assert "\n" not in card.small
    assert not re.search(f"@(?!{BREAK})", "".join(texts_of(card)))
    assert view.parent is None or any(view.parent in line for line in card.lines)
    assert WRITER.write(*shown) == card


@pytest.mark.parametrize("sign", ["`", "🏔", "雪", "\n", "@"])
def test_the_worst_card_there_can_be_still_shows_some_of_its_prompt(sign):
    values = {f.name: sign * 2000 for f in AWKWARD.fields if isinstance(f, Text)}
    asked = request(AWKWARD, **{**values, "prompt": "a" + sign * 1999}, count=4)
    outcomes = [Outcome.PROVIDER_FAILED, Outcome.BAD_PARAMETERS, Outcome.MODEL_RETIRED, Outcome.FATE_UNKNOWN]
    changes = [failed(outcome, detail=f"{outcome}{sign * 5000}") for outcome in outcomes]
    card = write(asked, changes, unfetched=frozenset(range(4)), shrunk=True)
    assert sum(map(len, texts_of(card))) <= 3_950
    assert sum(len(text.encode()) + 12 for text in texts_of(card)) <= 9_900
    assert len(card.lines[0]) > 500


@given(shown_requests())
def test_the_words_that_a_server_objects_to_are_nowhere_on_its_card(shown):
    asked, jobs, view = shown
    secret = "forbiddenword"
    asked = replace(asked, values={**asked.values, "prompt": secret})
    hidden = {name: secret for name in jobs[0].payload if isinstance(CATALOG[asked.model].field(name), Text)}
    jobs = [replace(job, payload={**job.payload, **hidden}, detail=f"no {secret}") for job in jobs]
    card = WRITER.write(asked, jobs, replace(view, hide_words=True))
    assert secret not in "".join(texts_of(card))
    assert secret not in WRITER.alt(asked, jobs[0], total=len(jobs), hide_words=True)


@given(prompt=PROMPTS, total=st.integers(1, 4), hide_words=st.booleans())
def test_alt_text_is_one_line_within_discords_limit(prompt, total, hide_words):
    asked = request(prompt=prompt)
    alt = WRITER.alt(asked, jobs_of(asked)[0], total=total, hide_words=hide_words)
    assert 0 < len(alt) <= ALT_CHARACTERS_MAX
    assert "\n" not in alt


def test_alt_text_names_the_prompt_and_which_image_it_is():
    asked = request(count=2)
    first, second = jobs_of(asked)
    assert WRITER.alt(asked, first, total=1) == "Image made by Imagen 4 for the prompt: a cat"
    assert WRITER.alt(asked, second, total=2) == "Image 2 of 2, made by Imagen 4 for the prompt: a cat"


def test_a_prompt_of_ordinary_length_is_shown_whole():
    prompt = "A cozy cabin in the snow; soft, warm light. " * 40
    assert write(request(prompt=prompt)).lines[0] == f">>> {prompt}"


@pytest.mark.parametrize("prompt", ["雪" * 2000, "🏔" * 2000, "é" * 2000])
def test_the_longest_prompt_is_shown_whole_in_any_script_while_nothing_else_needs_the_room(prompt):
    assert write(request(prompt=prompt)).lines[0] == f">>> {prompt}"


def test_what_segmind_said_of_several_images_is_told_for_each():
    card = write(changes=[failed(detail=f"{number}" + "x" * 5000) for number in range(4)])
    told = next(line for line in card.lines if "could not make" in line).split("\n")
    assert [line.split("“")[1][0] for line in told] == list("0123")


# ---------------------------------------------------------------- one card after the other


def test_an_accepted_request_says_what_it_makes_and_when_it_is_expected():
    card = write()
    assert card.title == "**Making your image**"
    assert card.lines == (">>> a cat", "▰▱▱▱▱ Expected <t:13:R>.")
    assert card.small == "Imagen 4 · 4:3 · 0.06 credits · ref 9do1sj396nf9"
    assert card.accent == "waiting"
    assert card.images == ()


def test_a_request_that_has_to_wait_says_so():
    card = write(changes=[{}, {}], waiting=True)
    assert card.title == "**Your 2 images are waiting for their turn**"
    assert "as soon as there is room" in card.lines[1]


@pytest.mark.parametrize(
    ("pace", "words"), [(Pace.OVERDUE, "a little longer than usual"), (Pace.SLOW, "until <t:3600:t>")]
)
def test_a_request_that_takes_longer_says_how_long_it_will_be_looked_for(pace, words):
    assert words in write(changes=[{"state": State.RUNNING}], pace=pace).lines[1]


def test_a_private_request_that_takes_much_longer_says_where_its_end_will_be_told():
    asked = replace(request(private=True), locale="en-US")
    words = write(asked, [{"state": State.RUNNING}], pace=Pace.SLOW).lines[1]
    assert "this card" not in words
    assert "until <t:3600:t>" in words
    assert f"after <t:{(asked.created_ms + TOKEN_LIFE_MS) // 1000}:t>" in words
    assert "direct message" in words


def test_a_clock_that_was_set_back_makes_no_time_below_zero():
    assert " · 0\u00a0s · " in write(changes=[done(finished_ms=-5_000)], images={0: image()}).small


def test_a_finished_picture_is_on_the_card_with_its_parameters_seed_and_time():
    asked = request(IMAGEN_4_FAST, seed=7, aspect_ratio="16:9")
    card = write(asked, [done(cost_microcredits=20_000)], images={0: image()})
    assert card.title == "**Your image**"
    assert card.lines == (">>> a cat",)
    assert card.small == "Imagen 4 Fast · 16:9 · 1024×576 · seed 7 · 10\u00a0s · 0.02 credits · ref 9do1sj396nf9"
    assert (card.accent, card.images) == ("done", (image(),))


def test_what_nobody_chose_is_left_to_the_details():
    assert write(request(IMAGEN_3)).small == "Imagen 3 · 16:9 · 0.06 credits · ref 9do1sj396nf9"
    small = write(request(IMAGEN_4_FAST, steps=25, negative_prompt="rain", scheduler="PNDM")).small
    assert "steps 25 · " in small
    assert "without: rain" in small
    assert "guidance" not in small
    assert "scheduler" not in small


def test_what_differs_from_what_the_model_usually_gets_is_told_whoever_chose_it():
    (job,) = jobs_of(request(IMAGEN_4_FAST))
    small = WRITER.write(request(), [replace(job, payload={**job.payload, "guidance_scale": 9.5})], VIEW).small
    assert "guidance scale 9.5" in small
    assert "steps" not in small


def test_seeds_that_are_all_the_same_are_one():
    assert " · seed 7 · " in write(changes=[{"payload": {"seed": 7}}, {"payload": {"seed": 7}}]).small


def test_several_seeds_are_named_from_the_first_to_the_last():
    assert "seeds 7 to 9" in write(request(IMAGEN_4_FAST, seed=7, count=3), [{}, {}, {}]).small


def test_some_of_several_images_are_shown_while_the_rest_is_made():
    card = write(changes=[{"state": State.RUNNING}, done()], images={1: image(1)})
    assert card.title == "**1 of 2 images**"
    assert card.lines[1].startswith("▰▱ Expected")
    assert card.accent == "waiting"


def test_images_are_in_the_order_of_their_numbers():
    card = write(changes=[done(), done(), done()], images={2: image(2), 0: image(0), 1: image(1)})
    assert [each.filename for each in card.images] == ["0.png", "1.png", "2.png"]


def test_a_picture_that_is_finished_but_not_here_yet_is_being_fetched():
    card = write(changes=[done()], fetching=True)
    assert card.lines[1] == "▰▰▰▰▰ The image is finished. I am fetching it."
    assert card.accent == "waiting"


def test_a_picture_that_cannot_be_had_stays_paid_and_says_whom_to_ask():
    card = write(changes=[done()], unfetched=frozenset({0}))
    assert card.title == "**No image this time**"
    assert "stays paid" in card.lines[1]
    assert "0.06 credits" in card.small
    assert card.accent == "failed"


def test_a_failure_says_why_and_that_the_credits_came_back_and_what_it_costs():
    card = write(changes=[failed(Outcome.BLOCKED_PICTURE, category="violence")])
    assert card.title == "**No image this time**"
    assert "held back by the image maker's safety filter (violence)" in card.lines[1]
    assert card.lines[3] == "Your server has its 0.06 credits back."
    assert "credits" not in card.small


BLOCKS = [Outcome.BLOCKED_WORDS, Outcome.BLOCKED_PICTURE, Outcome.BLOCKED]


@pytest.mark.parametrize("outcome", Outcome)
def test_a_block_of_the_providers_and_nothing_else_is_said_to_be_final_once_however_many_images(outcome):
    card = write(changes=[failed(outcome), failed(Outcome.PROVIDER_BUSY), failed(outcome, category="violence")])
    final = [line for line in card.lines if "nobody in this server can overrule it" in line]
    assert len(final) == (1 if outcome in BLOCKS else 0)


def test_one_reason_for_several_images_is_told_once():
    card = write(changes=[failed(Outcome.PROVIDER_BUSY)] * 3)
    assert card.lines[1:] == (
        "**3 images did not come out.**",
        "The image service has had too many requests for too long. Please try again in a few minutes.",
        "Your server has its 0.18 credits back.",
    )


def test_some_images_may_come_out_and_others_not():
    card = write(changes=[done(), failed(detail="no *luck*")], images={0: image()})
    assert card.title == "**1 of 2 images**"
    assert card.lines[1] == "**1 image did not come out.**"
    assert card.lines[2].endswith("The reason given: “no \\*luck\\*”")
    assert card.lines[3] == "Your server has its 0.06 credits back."
    assert "0.06 credits" in card.small
    assert card.accent == "done"


def test_a_failure_without_a_reason_says_that_none_was_given():
    assert write(changes=[failed()]).lines[1].endswith("No reason was given.")


def test_a_retired_model_names_its_successor_where_there_is_one():
    catalog = Catalog((replace(IMAGEN_4, successor="imagen-3"), IMAGEN_3))
    asked = request()
    jobs = [replace(job, **failed(Outcome.MODEL_RETIRED)) for job in jobs_of(asked)]
    card = CardWriter(texts=Texts(), catalog=catalog).write(asked, jobs, VIEW)
    assert "Please choose Imagen 3 (/imagen) instead" in card.lines[1]
    assert "Please choose another model" in WRITER.write(asked, jobs, VIEW).lines[1]


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_told_in_words_of_its_own(outcome):
    told = {other: write(request(private=True), [failed(other)]).lines[1] for other in Outcome}
    assert list(told.values()).count(told[outcome]) == 1


@pytest.mark.parametrize("state", [State.FAILED, State.LOST, State.CANCELLED])
def test_whatever_ends_without_a_picture_gives_the_credits_back(state):
    card = write(changes=[failed(Outcome.FATE_UNKNOWN) | {"state": state}])
    assert card.lines[-1] == "Your server has its 0.06 credits back."


def test_what_was_free_gives_nothing_back():
    card = write(changes=[failed(price_microcredits=0)])
    assert not any("back" in line for line in card.lines)


def test_a_member_never_pays_more_than_the_list_price():
    assert "0.06 credits" in write(changes=[done(cost_microcredits=90_000)], images={0: image()}).small


def test_a_prompt_longer_than_imagen_reads_says_so():
    assert "about 1800 characters" in write(request(prompt="a" * 1801)).lines[1]
    assert len(write(request(prompt="a" * 1800)).lines) == 2


def test_a_picture_that_was_made_smaller_says_so():
    assert "made smaller" in write(changes=[done()], images={0: image()}, shrunk=True).small


def test_words_that_automod_objects_to_are_replaced_by_saying_so():
    card = write(hide_words=True)
    assert "AutoMod" in card.lines[0]
    assert "blurry" not in card.small


def test_a_model_that_is_no_longer_in_the_catalog_is_named_by_its_key():
    asked = request()
    card = CardWriter(texts=Texts(), catalog=Catalog((IMAGEN_3,))).write(asked, jobs_of(asked), VIEW)
    assert card.small.startswith("imagen-4 · 4:3")


def test_a_public_card_speaks_the_servers_language_and_a_private_one_the_members():
    assert card_locale(request()) == "en-US"
    assert card_locale(request(private=True)) == "de"


def test_amounts_are_written_in_the_language_of_the_words_around_them():
    assert "0,06 Credits" in write(request(private=True)).small


def test_seeds_that_begin_anew_past_the_largest_are_listed():
    seeds = [{"payload": {"seed": seed}} for seed in (2**31 - 1, 0)]
    assert "seeds 2147483647, 0" in write(changes=seeds).small


@given(st.integers(0, 2**63))
def test_a_reference_is_short_and_leads_back_to_the_request(interaction_id):
    assert int(ref_of(interaction_id), 36) == interaction_id
    assert len(ref_of(interaction_id)) <= 13


@pytest.mark.parametrize("by", Remover)
@pytest.mark.parametrize(
    "changes", [[{}], [{"state": State.RUNNING}], [done(sha256="ab")], [done(outcome=Outcome.REMOVED)]]
)
def test_a_removed_card_says_who_did_it_and_shows_no_image_and_no_word_of_the_prompt(by, changes):
    asked = replace(request(prompt="secret words"), removed=by)
    card = write(asked, changes, images={0: image()})
    assert (card.title, card.images, card.accent) == ("**Image removed**", (), "failed")
    assert "secret" not in str(card)
    assert ("moderator" in card.lines[0]) is (by is Remover.MODERATOR)
    assert card.small == f"ref {ref_of(asked.interaction_id)}"


def test_a_removed_card_counts_its_images():
    asked = replace(request(count=3), removed=Remover.MODERATOR)
    assert write(asked, [{}, {}, {}]).title == "**Images removed**"


# ---------------------------------------------------------------- waiting, and the bar


def test_a_card_that_waits_tells_its_place_and_when_its_turn_may_come_rounded_up():
    line = write(waiting=True, place=Place(ahead=4, here=11), starts_ms=41_000).lines[1]
    assert line == "▱▱▱▱▱ Number 5 of 11 in this server's line. Probable start <t:50:R>."


def test_the_next_one_in_line_is_told_so_and_no_time_where_nobody_can_tell():
    line = write(waiting=True, place=Place(ahead=0, here=3)).lines[1]
    assert line.startswith("▱▱▱▱▱ Next in this server's line.")
    assert "<t:" not in line


@pytest.mark.parametrize(
    ("seen", "bar"),
    [
        ({"percent": 0}, "▰▱▱▱▱"),
        ({"percent": 33}, "▰▰▱▱▱"),
        ({"percent": 50}, "▰▰▰▱▱"),
        ({"percent": 66}, "▰▰▰▱▱"),
        ({"percent": 50, "pace": Pace.OVERDUE}, "▰▰▰▰▱"),
        ({"pace": Pace.SLOW}, "▰▰▰▰▱"),
    ],
)
def test_the_bar_of_one_image_is_about_its_time_and_never_full_before_it_is_over(seen, bar):
    assert write(changes=[{"state": State.RUNNING}], **seen).lines[1].startswith(f"{bar} ")


def test_what_the_bar_shows_is_said_in_words_as_well():
    assert write(changes=[{"state": State.RUNNING}], percent=50).lines[1] == (
        "▰▰▰▱▱ 50% of the usual time is over. Expected <t:13:R>."
    )


def test_the_bar_of_several_images_counts_those_that_are_over():
    changes = [done(), failed(), {"state": State.RUNNING}, done()]
    assert write(changes=changes, images={0: image()}).lines[1].startswith("▰▰▱▱ ")


def test_what_a_card_was_made_from_is_a_link_on_it():
    assert write(parent=LINK).lines[1] == f"Made from [an earlier card]({LINK})."


# ---------------------------------------------------------------- several models, several prompts


def compared(*changes, models=(IMAGEN_4, IMAGEN_3, IMAGEN_4_FAST), prompts=("a cat",)):
    """Jobs of a request that asked several models, or filled several words in."""
    (one,) = jobs_of(request())
    kinds = [(model, prompt) for model in models for prompt in prompts]
    jobs = [
        replace(
            one,
            number=n,
            model=m.key,
            slug=m.slug,
            payload=m.payload({"prompt": p, **({"seed": 7} if m.seeds else {})}),
        )
        for n, (m, p) in enumerate(kinds)
    ]
    return [replace(job, **change) for job, change in zip(jobs, changes or [{}] * len(jobs), strict=True)]


def seen_of(jobs, **seen):
    return WRITER.write(request(), jobs, replace(VIEW, **seen))


def test_a_card_of_several_models_says_which_image_is_whose_in_the_order_in_which_they_stand():
    assert "**1** Imagen 4 · **2** Imagen 3 · **3** Imagen 4 Fast" in seen_of(compared()).lines
    some = seen_of(compared(done(), {}, done()), images={2: image(2), 0: image(0)})
    assert "**1** Imagen 4 · **2** Imagen 4 Fast" in some.lines


def test_one_model_that_fails_takes_no_other_one_down_and_is_named_with_its_reason():
    card = seen_of(compared(done(), failed(detail="no luck"), done()), images={0: image(0), 2: image(2)})
    assert (card.title, card.accent, len(card.images)) == ("**2 of 3 images**", "done", 2)
    assert any(line.startswith("**Imagen 3:** ") and "no luck" in line for line in card.lines)


def test_one_reason_of_several_models_names_them_all_once():
    card = seen_of(compared(*[failed(Outcome.PROVIDER_BUSY)] * 3))
    (told,) = [line for line in card.lines if "too many requests" in line]
    assert told.startswith("**Imagen 4, Imagen 3, Imagen 4 Fast:** ")


def test_images_of_one_prompt_each_are_named_by_the_words_that_were_filled_in():
    jobs = compared(models=(IMAGEN_4,), prompts=("a red bird, flying", "a blue bird, flying"))
    assert "**1** red · **2** blue" in seen_of(jobs).lines


def test_images_that_differ_in_model_and_words_are_named_by_both_and_neighbours_that_do_not_together():
    jobs = compared(models=(IMAGEN_4, IMAGEN_3), prompts=("a red bird", "a blue bird"))
    assert (
        "**1** Imagen 4 · red · **2** Imagen 4 · blue · **3** Imagen 3 · red · **4** Imagen 3 · blue"
        in seen_of(jobs).lines
    )
    twice = compared(models=(IMAGEN_4, IMAGEN_3), prompts=("a bird", "a bird"))
    assert "**1–2** Imagen 4 · **3–4** Imagen 3" in seen_of(twice).lines


def test_filled_in_words_are_not_told_where_the_prompt_is_hidden():
    jobs = compared(models=(IMAGEN_4,), prompts=("a red bird", "a blue bird"))
    assert "blue" not in str(seen_of(jobs, hide_words=True))


def test_images_that_nothing_tells_apart_are_not_named():
    assert not any("**1**" in line for line in write(changes=[{}, {}]).lines)


def test_each_image_is_described_by_its_own_prompt_and_model():
    jobs = compared(models=(IMAGEN_4, IMAGEN_3), prompts=("a red bird", "a blue bird"))
    asked = request(prompt="a {red|blue} bird")
    assert WRITER.alt(asked, jobs[3], total=4) == "Image 4 of 4, made by Imagen 3 for the prompt: a blue bird"


def test_the_small_print_of_several_models_says_what_they_share_once_and_what_differs_with_each():
    jobs = compared(models=(IMAGEN_4, replace(IMAGEN_4, key="imagen-3")))
    assert seen_of(jobs).small == "4:3 · Imagen 4 · Imagen 3 · 0.12 credits · ref 9do1sj396nf9"
    small = seen_of(compared()).small
    assert small.startswith("Imagen 4 (4:3) · Imagen 3 (16:9) · ")
    assert "Imagen 4 Fast (1:1, 512×512, " in small


def test_a_card_is_not_edited_for_an_image_that_is_finished_and_will_be_on_it_in_a_moment():
    assert write(changes=[done()]) == write(changes=[{"state": State.RUNNING}])


# ---------------------------------------------------------------- blocked prompts

AT_FAULT = [Outcome.BLOCKED_WORDS, Outcome.BLOCKED]


def blocked(outcome, **changes):
    return failed(outcome, category="child", detail="no secret", **changes)


def tells_the_prompt(card):
    return "secret" in str(card)


@pytest.mark.parametrize("outcome", AT_FAULT)
def test_a_public_card_tells_nobody_a_prompt_that_was_blocked(outcome):
    asked = request(prompt="secret words", negative_prompt="secret too")
    card = write(asked, [blocked(outcome)])
    assert card.lines[0] == "The prompt is hidden because it was blocked."
    assert not tells_the_prompt(card)
    assert "0.06 credits back" in card.lines[3]


def test_what_was_filled_into_a_blocked_prompt_is_not_told_either():
    jobs = compared(models=(IMAGEN_4,), prompts=("a secret bird", "a secret dog"))
    jobs = [replace(job, **blocked(Outcome.BLOCKED_WORDS)) for job in jobs]
    assert not tells_the_prompt(WRITER.write(request(prompt="a secret {bird|dog}"), jobs, VIEW))
    assert "dog" not in str(WRITER.write(request(prompt="a secret {bird|dog}"), jobs, VIEW))


@pytest.mark.parametrize("other", [Outcome.BLOCKED_PICTURE, Outcome.PROVIDER_BUSY])
def test_a_block_hides_the_prompt_also_where_another_image_failed_for_something_else(other):
    card = write(request(prompt="secret words", count=2), [blocked(Outcome.BLOCKED_WORDS), blocked(other)])
    assert not tells_the_prompt(card)


@pytest.mark.parametrize("outcome", AT_FAULT)
def test_a_private_card_tells_its_owner_the_prompt_and_why_it_was_blocked(outcome):
    card = write(request(prompt="secret words", private=True), [blocked(outcome)])
    assert "secret words" in card.lines[0]
    assert "Kinder" in card.lines[1]


def test_the_prompt_stays_where_only_the_picture_was_blocked_or_where_there_is_an_image():
    picture = write(request(prompt="secret words"), [blocked(Outcome.BLOCKED_PICTURE)])
    assert "secret words" in picture.lines[0]
    assert "(children)" in picture.lines[1]
    some = write(request(prompt="secret words", count=2), [done(), blocked(Outcome.BLOCKED_WORDS)], images={0: image()})
    assert "secret words" in some.lines[0]
