"""Two procedures: what an agent does for a resident, and a service that is bought for one.

Both have states with somebody waiting at each, terms that run, and an end that must be signed for: so they are
matters. Tickets and cash are not; docs/hall.md says why.
"""

from yimen.domains.hall.permissions import HallPermission as P
from yimen.domains.hall.rules import (
    ACCEPTANCE,
    AGENTS,
    CONTRACT,
    END_OF_MANDATE,
    MANDATE,
    PAYMENT,
    PURCHASE,
    REPORT_BACK,
    amount_is_held,
    amount_is_money,
    cash_is_settled,
    contract_is_in_force,
    hand_back_is_signed,
    mandate_holds,
    mandate_is_signed,
    payment_fits_the_price,
)
from yimen.kernel.procedure.language import SAME, Field, LimitSpec, Procedure, Relation, State, Step, Who
from yimen.kernel.words import Text

_AGENT = (Who(P.AGENT, Relation.HOLDER),)
_REASON = Field("reason", Text("理由", "Reason"), "longtext", required=True, max_length=300)
_FILES = Field("files", Text("照片", "Photographs"), "files")
_SIGNED = Field(
    "files", Text("签名的照片", "Photograph of the signature"), "files",
    hint=Text("纸面签名拍照即可。", "A photograph of the signed paper will do."),
)  # fmt: skip
_AMOUNT = Field(
    "amount", Text("金额（元）", "Amount in yuan"), "text", required=True, max_length=12,
    hint=Text("例如 120 或 120.50", "For example 120 or 120.50"),
)  # fmt: skip
_WHAT_FOR = Field("what", Text("用途", "What for"), "text", required=True, max_length=100)
_OPEN = ("mandated", "submitted", "result_in")
_RED = Text("亮红灯，列入代办台账。", "Shown red in the agents' list.")

AGENT_TASK = Procedure(
    code="agent_task",
    version=1,
    name=Text("村级代办", "Acting for a resident"),
    prefix="DB",
    states=(
        State("mandated", Text("已委托", "Mandated"), Text("已委托", "Mandated")),
        State("submitted", Text("已提交，等结果", "Submitted"), Text("已替您提交", "Submitted for you")),
        State("result_in", Text("待交还", "To be handed back"), Text("结果已取回，将交给您", "Your result is on its way to you")),
        State("handed_back", Text("已交还", "Handed back"), Text("已交还给您", "Handed back to you"), is_end=True),
        State("revoked", Text("委托已撤回", "Mandate withdrawn"), Text("委托已撤回", "Mandate withdrawn"), is_end=True),
    ),
    steps=(
        Step(
            "record_mandate", Text("登记委托", "Record a mandate"), (), "mandated", (Who(P.AGENT),), MANDATE,
            description=Text("没有登记的委托，不能替群众提交任何事项。", "Nothing is submitted for a resident without a recorded mandate."),
            fields=(
                Field("scope", Text("委托办什么", "What is to be done"), "longtext", required=True, max_length=300),
                Field("until", Text("委托到哪一天", "Mandate lasts until"), "date"), _SIGNED,
            ),
            guards=(mandate_is_signed,), starts=("submit",),
        ),
        Step(
            "receive_items", Text("收下材料、证件", "Receive papers"), ("mandated", "submitted"), SAME, _AGENT, AGENTS,
            fields=(Field("items", Text("收下哪些，各几件", "What, and how many of each"), "longtext", required=True, max_length=300), _FILES),
        ),
        Step(
            "receive_cash", Text("代收现金", "Receive cash"), ("mandated", "submitted"), SAME, _AGENT, AGENTS,
            description=Text("当场给群众收据；收据编号由系统给出。", "Give the resident the receipt whose number the system gives."),
            fields=(_AMOUNT, _WHAT_FOR, _FILES), guards=(amount_is_money, mandate_holds),
        ),
        Step(
            "pay_cash", Text("代为缴付", "Pay for the resident"), _OPEN, SAME, _AGENT, AGENTS,
            fields=(_AMOUNT, _WHAT_FOR, _FILES), guards=(amount_is_money, amount_is_held),
        ),
        Step(
            "return_cash", Text("退还现金", "Return cash"), _OPEN, SAME, _AGENT, REPORT_BACK,
            fields=(_AMOUNT, _WHAT_FOR, _FILES), guards=(amount_is_money, amount_is_held),
        ),
        Step(
            "submit", Text("已替群众提交", "Submitted for the resident"), ("mandated",), "submitted", _AGENT, MANDATE,
            fields=(Field("reference", Text("办件编号，或提交到哪里", "Number of the application, or where it went"), "text", required=True, max_length=80),),
            guards=(mandate_holds,), stops=("submit",),
        ),
        Step(
            "bring_result", Text("取回结果", "Fetch the result"), ("submitted",), "result_in", _AGENT, REPORT_BACK,
            fields=(Field("result", Text("取回了什么", "What was fetched"), "longtext", required=True, max_length=300), _FILES),
            starts=("hand_back",),
        ),
        Step(
            "hand_back", Text("交还并签收", "Hand back, signed for"), ("result_in",), "handed_back", _AGENT, REPORT_BACK,
            fields=(Field("items", Text("交还哪些", "What is handed back"), "longtext", required=True, max_length=300), _SIGNED),
            guards=(hand_back_is_signed, cash_is_settled), stops=("hand_back",),
        ),
        Step(
            "withdraw_mandate", Text("委托撤回", "Mandate withdrawn"), _OPEN, "revoked", (*_AGENT, Who(P.BALANCE)), END_OF_MANDATE,
            fields=(_REASON, _FILES), guards=(cash_is_settled,), stops=("submit", "hand_back"),
        ),
        Step(
            "note", Text("添加记录", "Add a note"), (SAME,), SAME, (*_AGENT, Who(P.BALANCE)), AGENTS,
            fields=(Field("note", Text("内容", "Note"), "longtext", required=True), _FILES),
        ),
    ),
    limits=(
        LimitSpec("submit", Text("替群众提交", "Submit"), AGENTS, _RED, 2, "working_days", is_local=True),
        LimitSpec("hand_back", Text("交还群众", "Hand back"), REPORT_BACK, _RED, 3, "working_days", is_local=True),
    ),
    law=MANDATE,
)  # fmt: skip

RATINGS = (
    ("5", Text("非常满意", "Very satisfied")), ("4", Text("满意", "Satisfied")), ("3", Text("基本满意", "Fairly satisfied")),
    ("2", Text("不满意", "Dissatisfied")), ("1", Text("非常不满意", "Very dissatisfied")),
)  # fmt: skip
_ORDERER, _CHECKER = (Who(P.ORDER),), (Who(P.CHECK),)

SERVICE_ORDER = Procedure(
    code="service_order",
    version=1,
    name=Text("购买服务订单", "Order of a bought service"),
    prefix="FW",
    states=(
        State("ordered", Text("已下单", "Ordered"), Text("已安排", "Arranged")),
        State("done", Text("待验收", "To be accepted"), Text("已上门服务", "Served")),
        State("accepted", Text("待付款", "To be paid"), Text("已验收", "Accepted")),
        State("paid", Text("已付款", "Paid"), Text("已完成", "Completed"), is_end=True),
        State("called_off", Text("已取消", "Called off"), Text("已取消", "Called off"), is_end=True),
    ),
    steps=(
        Step(
            "order", Text("下单", "Order"), (), "ordered", _ORDERER, CONTRACT,
            fields=(
                Field("for_whom", Text("服务对象", "For whom"), "text", required=True, max_length=60, is_private=True),
                Field("what", Text("具体要求", "In detail"), "longtext", required=True, max_length=300),
            ),
            guards=(contract_is_in_force,), starts=("serve",),
        ),
        Step(
            "report_done", Text("登记完成", "Record that it was done"), ("ordered",), "done", _ORDERER, PURCHASE,
            fields=(
                Field("served_on", Text("服务日期", "Served on"), "date", required=True),
                Field("note", Text("做了什么", "What was done"), "longtext", required=True, max_length=500), _FILES,
            ),
            stops=("serve",), starts=("check",),
        ),
        Step(
            "accept", Text("验收合格并评价", "Accept and rate"), ("done",), "accepted", _CHECKER, ACCEPTANCE,
            fields=(
                Field("rating", Text("服务对象怎么评价", "How the person served rates it"), "choice", required=True, choices=RATINGS),
                Field("note", Text("验收意见", "What was found"), "longtext", required=True, max_length=500),
            ),
            not_same_as=("order", "report_done"), stops=("check",), starts=("pay",),
        ),
        Step(
            "send_back", Text("不合格，返工", "Send back"), ("done",), "ordered", _CHECKER, ACCEPTANCE,
            fields=(_REASON,), not_same_as=("order", "report_done"), stops=("check",), starts=("serve",),
        ),
        Step(
            "pay", Text("付款", "Pay"), ("accepted",), "paid", (Who(P.PAY),), PAYMENT,
            fields=(_AMOUNT, Field("voucher", Text("凭证号", "Voucher"), "text", required=True, max_length=40)),
            guards=(amount_is_money, payment_fits_the_price), not_same_as=("accept", "order"), stops=("pay",),
        ),
        Step(
            "call_off", Text("取消", "Call off"), ("ordered",), "called_off", _ORDERER, CONTRACT,
            fields=(_REASON,), stops=("serve",),
        ),
    ),
    limits=(
        LimitSpec("serve", Text("上门服务", "Serve"), PURCHASE, _RED, 10, "working_days", is_local=True),
        LimitSpec("check", Text("验收", "Accept"), ACCEPTANCE, _RED, 5, "working_days", is_local=True),
        LimitSpec("pay", Text("付款", "Pay"), PAYMENT, Text("逾期付款要付利息。", "Late payment bears interest."), 30, "calendar_days"),
    ),
    law=PURCHASE,
)  # fmt: skip
