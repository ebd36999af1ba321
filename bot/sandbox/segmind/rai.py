"""What a Responsible AI block says: Google's support codes, by category and by what tripped the filter."""

from enum import StrEnum


class Category(StrEnum):
    CHILD = "child"
    CELEBRITY = "celebrity"
    CELEBRITY_OR_CHILD = "celebrity or child"
    PEOPLE_OR_FACE = "people or face"
    DANGEROUS = "dangerous content"
    HATE = "hate"
    SEXUAL = "sexual"
    VIOLENCE = "violence"
    TOXIC = "toxic"
    VULGAR = "vulgar"
    PERSONAL_INFORMATION = "personal information"
    PROHIBITED = "prohibited content"
    THIRD_PARTY = "third-party content"
    OTHER = "other"


WORDS_CODES: dict[Category, tuple[int, ...]] = {
    Category.CHILD: (58061214,),
    Category.CELEBRITY: (29310472,),
    Category.CELEBRITY_OR_CHILD: (64151117,),
    Category.DANGEROUS: (62263041,),
    Category.HATE: (57734940,),
    Category.SEXUAL: (90789179,),
    Category.VIOLENCE: (61493863,),
    Category.TOXIC: (78610348,),
    Category.VULGAR: (32635315,),
    Category.PERSONAL_INFORMATION: (92201652,),
    Category.PROHIBITED: (89371032,),
    Category.THIRD_PARTY: (35561574, 35561575),
    Category.OTHER: (42876398,),
}

PICTURE_CODES: dict[Category, tuple[int, ...]] = {
    Category.CHILD: (17301594,),
    Category.CELEBRITY: (15236754,),
    Category.CELEBRITY_OR_CHILD: (64151117,),
    Category.PEOPLE_OR_FACE: (39322892,),
    Category.HATE: (22137204,),
    Category.SEXUAL: (63429089, 43188360),
    Category.VIOLENCE: (56562880,),
    Category.PROHIBITED: (49114662, 72817394),
    Category.THIRD_PARTY: (35561574, 35561575),
    Category.OTHER: (29578790, 74803281),
}


def words_text(category: Category) -> str:
    """The error of a job whose prompt was refused; KeyError where words have no code for this category."""
    return (
        "The prompt could not be submitted. It contains words that go against Google's Responsible AI practices. "
        f"Try rephrasing the prompt. Support codes: {_codes(WORDS_CODES[category])}"
    )


def picture_text(category: Category) -> str:
    """The error of a job whose drawing was withheld; KeyError where pictures have no code for this category."""
    return (
        "Unable to show the generated image: it was filtered out because it might go against Google's "
        f"Responsible AI usage guidelines. Support codes: {_codes(PICTURE_CODES[category])}"
    )


def _codes(codes: tuple[int, ...]) -> str:
    return ", ".join(str(code) for code in codes)
