"""What people read about what is kept of them, in their language. Pure."""

from dataclasses import dataclass
from typing import Any

from bot.admin.privacy import Export
from bot.admin.purging import Retention
from bot.text import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyText:
    """Words in one language."""

    texts: Texts
    locale: str
    retention: Retention

    def card(self) -> list[str]:
        """What is kept, for how long, and who else gets it."""
        kept = self.retention
        return [
            self("privacy.kept"),
            self(
                "privacy.how_long",
                prompts=self._days(kept.prompts_days),
                images=self._days(kept.images_days),
                changes=self._days(kept.changes_days),
                left_servers=self._days(kept.left_servers_days),
            ),
            self("privacy.figures"),
            self("privacy.moderators", cases=self._days(kept.cases_days)),
            self("privacy.third_party"),
            self("privacy.discord"),
            self("privacy.rights"),
        ]

    def sure(self) -> str:
        """What goes and what stays."""
        return "\n".join(
            (
                self("privacy.sure"),
                self("privacy.sure.goes"),
                self("privacy.sure.stays"),
                self("privacy.sure.stays_too", changes=self._days(self.retention.changes_days)),
            )
        )

    def under_way(self, requests: int) -> str:
        return self("privacy.under_way", count=requests)

    def about(self) -> str:
        """What stands at the beginning of the file."""
        return f"{self('privacy.file.about')} {self('privacy.file.images')}"

    def ready(self, export: Export) -> str:
        """What comes with a file."""
        if export.images_left_out:
            return self("privacy.file.left_out", count=export.images_left_out)
        return self("privacy.file.ready", count=export.images) if export.images else self("privacy.file.no_images")

    def first_note(self) -> str:
        """What somebody is told once, before their first image."""
        return self("privacy.first.note", prompts=self._days(self.retention.prompts_days))

    def _days(self, days: int) -> str:
        return self("privacy.days", count=days)

    def __call__(self, message_id: str, **values: Any) -> str:
        return self.texts(self.locale, message_id, **values)
