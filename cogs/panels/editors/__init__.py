"""One editor for each kind of field: how a setting of that kind is shown, and what can be done to it."""

from collections.abc import Mapping
from typing import Any

from bot import safety_fields
from bot import setting_fields as fields
from bot.settings import Setting
from cogs.panels.editors.allowances import AllowancesByTarget, OneAllowance
from cogs.panels.editors.base import Editor
from cogs.panels.editors.channels import OneChannel, SomeChannels
from cogs.panels.editors.levels import LevelsByChannel, OneLevel
from cogs.panels.editors.models import CountOfImages, CountsOfModels
from cogs.panels.editors.plain import OnOff, TimeZone
from cogs.panels.editors.strikes import StrikesAndPause
from cogs.panels.editors.words import OwnWords

EDITORS: Mapping[type, Editor[Any]] = {
    fields.Switch: OnOff(),
    fields.Zone: TimeZone(),
    fields.Place: OneChannel(),
    fields.Places: SomeChannels(),
    fields.PeriodAllowance: OneAllowance(),
    fields.TargetAllowances: AllowancesByTarget(),
    fields.ModelCounts: CountsOfModels(),
    fields.Images: CountOfImages(),
    safety_fields.SafetyLevel: OneLevel(),
    safety_fields.ChannelLevels: LevelsByChannel(),
    safety_fields.ShortText: OwnWords(),
    safety_fields.Strikes: StrikesAndPause(),
}


def editor_of(setting: Setting[Any]) -> Editor[Any]:
    """The editor for a setting; KeyError where there is none for its kind of field."""
    return EDITORS[type(setting.field)]
