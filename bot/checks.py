"""`python -m bot check`: does everything that the bot needs work? One line each, and nothing is changed."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from bot.config import Config
from bot.errors import KeyRejected, ProviderError, StoreError
from bot.money import credits_text
from bot.ports import Painter
from bot.store.audit import audit
from bot.store.database import Database
from bot.text import FALLBACK

MIB = 1024 * 1024
# With less room than this a busy evening fills the disk.
DISK_MIN_MIB = 500
FINDINGS_SHOWN_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at; `advice` says what to do where it is not well."""

    what: str
    well: bool
    told: str
    advice: str = ""

    def __str__(self) -> str:
        mark = "ok  " if self.well else "FAIL"
        return f"{mark}  {self.what}: {self.told}" + (f" {self.advice}" if self.advice else "")


async def check_segmind(painter: Painter) -> Line:
    """The key and the balance; asking for it is free of charge."""
    what = "Segmind"
    try:
        left = await painter.balance_microcredits()
    except KeyRejected:
        return Line(what=what, well=False, told="the key is not accepted.", advice="Check SEGMIND_API_KEY.")
    except ProviderError as error:
        advice = "Check SEGMIND_BASE_URL and the network, then try again."
        return Line(what=what, well=False, told=f"no answer ({error.detail}).", advice=advice)
    told = f"the key is accepted; {credits_text(left, FALLBACK)} credits left."
    return Line(what=what, well=left > 0, told=told, advice="" if left > 0 else "Top up at Segmind.")


async def check_database(db: Database) -> Line:
    """Whether the file is sound and the books balance."""
    try:
        findings = await audit(db)
    except StoreError as error:
        return Line(what="database", well=False, told=f"{error}.", advice="Restore a backup.")
    if not findings:
        return Line(what="database", well=True, told="sound, and the books balance.")
    told = "; ".join(f"{finding.rule}: not so for {finding.subject}" for finding in findings[:FINDINGS_SHOWN_MAX])
    return Line(what="database", well=False, told=f"{len(findings)} findings: {told}.")


def check_disks(config: Config) -> list[Line]:
    """Whether the database and the pictures can be written, and there is room for them."""
    wanted = (config.database_path.resolve().parent, config.images_dir.resolve())
    return [_check_disk(folder) for folder in sorted(set(map(_existing, wanted)))]


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there already."""
    return folder if folder.exists() else _existing(folder.parent)


def _check_disk(folder: Path) -> Line:
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        told = f"nothing can be written in {folder}."
        return Line(
            what="disk", well=False, told=told, advice="Check DATABASE_URL, IMAGES_DIR and who may write there."
        )
    free_mib = shutil.disk_usage(folder).free // MIB
    well = free_mib >= DISK_MIN_MIB
    advice = "" if well else f"Make room; {DISK_MIN_MIB} MiB should be free."
    return Line(what="disk", well=well, told=f"{free_mib:,} MiB free in {folder}.", advice=advice)
