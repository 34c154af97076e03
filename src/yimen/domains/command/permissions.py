"""What may be permitted around indicators and assessment."""

from collections.abc import Mapping
from enum import StrEnum

from yimen.kernel.words import Text


class CommandPermission(StrEnum):
    """The permissions of this field."""

    INDICATORS = "indicators.read"
    PUBLISH = "assessment.publish"
    APPEAL = "assessment.appeal"
    DECIDE = "assessment.decide"


COMMAND_WORDS: Mapping[CommandPermission, Text] = {
    CommandPermission.INDICATORS: Text("查看统计指标和考核结果", "See indicators and assessments"),
    CommandPermission.PUBLISH: Text("发布月度考核", "Publish a month's assessment"),
    CommandPermission.APPEAL: Text("对考核数字提出申诉", "Appeal against a figure of an assessment"),
    CommandPermission.DECIDE: Text("审核考核申诉", "Decide appeals against an assessment"),
}
