"""What word rules catch, what they cost, and what they do wrong: `python -m benchmarks.words`.

The baseline for time is one alternation of Python's `re` over the same rules, which sees through nothing but case.
"""

import random
import re
import statistics
import string
import time
from collections import Counter
from collections.abc import Callable

from bot.words.matcher import compile_rules
from bot.words.rules import Effect, WordRule
from tests.words import EVASIONS, INNOCENTS, RULES, Evasion

RULE_COUNT, CHARACTERS, ROUNDS = 5_000, 2_000, 40
TARGET_MS = 1.0
PROMPTS = {
    "English": "A cinematic photo of an old lighthouse on a rocky shore at dusk, 35mm film, soft light, 4k, trees & fog. ",
    "German": "Ein alter Leuchtturm an felsiger Küste, Abenddämmerung, weiches Licht, Körnung wie bei Film, große Wellen. ",
    "Russian": "Старый маяк на скалистом берегу, мягкий свет, плёнка, туман и деревья, закат, 35 мм. ",
    "Chinese": "黄昏时分，岩石海岸上的一座古老灯塔，电影感照片，柔和的光线，雾气与树木。",
    "Korean": "황혼의 바위 해안에 있는 오래된 등대, 부드러운 빛, 안개와 나무, 영화 같은 장면. ",
    "Arabic": "منارة قديمة على شاطئ صخري عند الغروب، ضوء ناعم، ضباب وأشجار. ",
    "every letter styled": "".join(chr(0x1D4EA + ord(each) - 97) for each in "lighthouse") + " ",
    "every letter marked": "l\u0336i\u0336g\u0336h\u0336t\u0336 ",
    "three marks on every letter": "l\u0336\u0301\u0323i\u0334\u0308\u0331g\u0337\u0306\u0330 ",
    "every letter apart": "l i g h t h o u s e ",
    "signs between all letters": "l.i.g.h.t.h.o.u.s.e ",
    "pieces without vowels": "lght hs ",
}


def rules(rng: random.Random) -> list[WordRule]:
    """As many rules as six keyword lists of AutoMod's hold, nearly: mostly Latin letters, some Cyrillic and Chinese."""

    def word(alphabet: str, low: int, high: int) -> str:
        return "".join(rng.choices(alphabet, k=rng.randint(low, high)))

    cyrillic = "абвгдежзиклмнопрстуфхцчшыэюя"
    chinese = "".join(map(chr, range(0x4E00, 0x6000)))
    made = [word(string.ascii_lowercase, 4, 10) + rng.choice(["", "", "*"]) for _ in range(RULE_COUNT * 8 // 10)]
    made += [word(cyrillic, 4, 10) for _ in range(RULE_COUNT // 10)]
    made += [word(chinese, 2, 4) for _ in range(RULE_COUNT // 10)]
    return [WordRule(pattern, Effect.BLOCK) for pattern in made]


def timed_ms(run: Callable[[], object]) -> tuple[float, float]:
    """Median and best of ROUNDS, the first not counted."""
    run()
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), min(took)


def speed() -> None:
    made = rules(random.Random(1))
    began = time.perf_counter()
    matcher = compile_rules(made)
    compiled_s = time.perf_counter() - began
    began = time.perf_counter()
    naive = re.compile(r"\b(?:" + "|".join(re.escape(rule.pattern) for rule in made) + r")\b", re.IGNORECASE)
    naive_s = time.perf_counter() - began
    print(f"{len(made)} rules compiled in {compiled_s * 1000:.0f} ms (re: {naive_s * 1000:.0f} ms)")
    for name, sentence in PROMPTS.items():
        prompt = (sentence * CHARACTERS)[:CHARACTERS]
        median, best = timed_ms(lambda prompt=prompt: matcher.find(prompt))
        line = f"  {name}: median {median:.2f} ms, best {best:.2f} ms for {len(prompt)} characters"
        if name == "English":
            theirs, _ = timed_ms(lambda prompt=prompt: naive.findall(prompt))
            line += f"; re takes {theirs:.1f} ms, {theirs / median:.0f} times as long"
        print(line + ("" if best < TARGET_MS else f" (over {TARGET_MS:.0f} ms)"))


def tables() -> None:
    began = time.perf_counter()
    matcher = compile_rules(RULES)
    print(f"{len(RULES)} rules of the tables compiled in {(time.perf_counter() - began) * 1000:.0f} ms")

    def caught(evasion: Evasion) -> bool:
        return any(hit.rule.pattern == evasion.rule for hit in matcher.find(evasion.text))

    missed = [each for each in EVASIONS if not caught(each)]
    for name, held_out in (("looked at while tuning", False), ("held out", True)):
        those = [each for each in EVASIONS if each.held_out is held_out]
        lost = [each for each in missed if each.held_out is held_out]
        print(f"evasions {name}: {100 - 100 * len(lost) / len(those):.1f} % of {len(those)} caught")
    ways = Counter(each.how for each in EVASIONS)
    for how, count in Counter(each.how for each in missed).most_common():
        print(f"  missed of {how}: {count} of {ways[how]}")
    alarms = [text for text in INNOCENTS if matcher.find(text)]
    print(f"false alarms: {len(alarms)} of {len(INNOCENTS)} innocent sentences")


if __name__ == "__main__":
    tables()
    speed()
