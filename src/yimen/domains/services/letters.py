"""What the house says about an application: to the applicant, and to the organ it goes to."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from yimen.domains.services.documents import write
from yimen.domains.services.models import Rating
from yimen.domains.services.procedures import SERVICE
from yimen.domains.services.supervision import begin_supervision, end_supervision
from yimen.kernel.matters.letters import Hearer, to_organ, to_person

_OF_SERVICE = {step.event for step in SERVICE.steps if step.event}


def _both(*hearers: Hearer) -> Hearer:
    """Each hears; all of them can hear the same message twice."""

    def heard(message_id: UUID, payload: Mapping[str, Any]) -> None:
        for hearer in hearers:
            hearer(message_id, payload)

    return heard


def to_rater(sentence: str) -> Hearer:
    """Tell who gave the rating that a matter answers, whether or not they gave their name; staff see no more of them."""
    tell = to_person(sentence)

    def told(message_id: UUID, payload: Mapping[str, Any]) -> None:
        about = Rating.objects.filter(rectification_id=payload["matter"]).values_list("matter_id", flat=True)
        for rated in about:
            tell(message_id, {"matter": str(rated), "due_at": payload.get("due_at")})

    return told


_TOLD: Mapping[str, Hearer] = {
    "service.submitted": to_person(
        "【一门】您的申请已收到，编号{number}，查询码{code}，最迟{due}前受理或一次告知补正。"
    ),
    "service.deficient": to_person(
        "【一门】您的申请（{number}）需要补正，要补的内容已一次列全，请用查询码{code}查看，{due}前补齐。"
    ),
    "service.accepted": to_person("【一门】您的申请（{number}）已受理，最迟{due}前办结，查询码{code}。"),
    "service.paused": to_person(
        "【一门】您的申请（{number}）正在核查、公示或评审，预计{due}前完成，查询码{code}。"
    ),
    "service.extended": to_person(
        "【一门】您的申请（{number}）经批准延长办理时限至{due}，理由请用查询码{code}查看。"
    ),
    "service.hearing_told": to_person(
        "【一门】您的申请（{number}）可以要求听证，请在{due}前用查询码{code}答复。"
    ),
    "service.hearing": to_person("【一门】您的申请（{number}）将举行听证，时间地点请用查询码{code}查看。"),
    "service.handed_up": to_organ("【一门】办件{number}已由乡镇初审上报，请于{due}前决定。"),
    "service.transferred": to_person(
        "【一门】您的申请（{number}）从今天起由新的审批机构决定，已经办过的手续继续有效，查询码{code}。"
    ),
    "service.handed_back": to_organ("【一门】办件{number}被县级退回补充，请于{due}前补充后再报。"),
    "service.granted": to_person("【一门】您的申请（{number}）已准予，正在制发结果，查询码{code}。"),
    "service.refused": to_person(
        "【一门】您的申请（{number}）不予许可，理由和救济途径请用查询码{code}查看。"
    ),
    "service.issued": to_person("【一门】您的申请（{number}）结果已出，请领取或等待送达，查询码{code}。"),
    "service.delivered": _both(
        begin_supervision, to_person("【一门】您的申请（{number}）已办结，请用查询码{code}评价。")
    ),
    "service.answered": to_person("【一门】您的申请（{number}）已有答复，请用查询码{code}查看。"),
    "service.revoked": _both(
        end_supervision,
        to_person("【一门】您的办件（{number}）的结果已被撤销或注销，理由请用查询码{code}查看。"),
    ),
    "service.opinion_asked": to_organ("【一门】请对联办意见{number}于{due}前答复。"),
    "rectification.contacted": to_rater(
        "【一门】您的评价（办件{number}）已有人在处理，回话请用查询码{code}查看，{due}前答复您。"
    ),
    "rectification.answered": to_rater(
        "【一门】您的评价（办件{number}）已整改答复，请用查询码{code}查看并在{due}前回评。"
    ),
}
"""Topic → who is told what."""

HEARD: Mapping[str, Hearer] = {
    topic: _both(write, hearer) if topic in _OF_SERVICE else hearer for topic, hearer in _TOLD.items()
}
"""Every event of the procedures has its hearer: its papers are written, then whom it concerns is told."""
