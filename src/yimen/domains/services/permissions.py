"""What may be permitted around applications."""

from collections.abc import Mapping
from enum import StrEnum

from yimen.kernel.words import Text


class ServicePermission(StrEnum):
    """The permissions of this field."""

    READ = "service.read"
    INTAKE = "service.intake"
    REVIEW = "service.review"
    HOST = "service.host"
    DECIDE = "service.decide"
    DECIDE_COUNTY = "service.decide_county"
    ISSUE = "service.issue"
    OPINION = "service.opinion"
    RECTIFY = "service.rectify"
    SUPERVISED = "service.supervised"


SERVICE_WORDS: Mapping[ServicePermission, Text] = {
    ServicePermission.READ: Text("查看办件", "See applications"),
    ServicePermission.INTAKE: Text("受理申请、告知补正", "Take applications in and name their defects"),
    ServicePermission.REVIEW: Text("审查申请", "Review applications"),
    ServicePermission.HOST: Text("主持听证", "Host hearings"),
    ServicePermission.DECIDE: Text("作出决定、批准延长", "Decide applications and grant more time"),
    ServicePermission.DECIDE_COUNTY: Text("作出县级决定", "Decide what is the county's to decide"),
    ServicePermission.ISSUE: Text("制证和送达", "Issue and deliver results"),
    ServicePermission.OPINION: Text("答复联办意见", "Answer when asked to join in handling"),
    ServicePermission.SUPERVISED: Text(
        "查看监管对象、反馈检查发现", "See what is under supervision and report findings"
    ),
    ServicePermission.RECTIFY: Text("整改差评", "Answer bad ratings"),
}
