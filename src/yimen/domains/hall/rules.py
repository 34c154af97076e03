"""The rules that agents' tasks and bought services are judged by: statements about the facts, true when all is well."""

import re
from datetime import date

from yimen.kernel.calendar.today import LOCAL_ZONE
from yimen.kernel.procedure.language import GuardFacts, rule
from yimen.kernel.words import Text

MANDATE = "民法典 第一百六十一条、第一百六十五条"
REPORT_BACK = "民法典 第九百二十四条、第九百二十七条"
END_OF_MANDATE = "民法典 第一百七十三条、第九百三十三条"
AGENTS = "关于推进基层整合审批服务执法力量的实施意见（代缴代办代理）"
PURCHASE = "政府购买服务管理办法（财政部令第102号）"
CONTRACT = f"{PURCHASE} 第二十四条、第二十五条"
ACCEPTANCE = f"{PURCHASE} 第二十六条"
PAYMENT = "保障中小企业款项支付条例 第九条；政府购买服务管理办法 第二十六条"

_MONEY = re.compile(r"(0|[1-9]\d{0,6})(?:\.(\d{1,2}))?")


def fen_of(typed: object) -> int | None:
    """An amount in yuan as it is written, such as 120 or 120.50, in fen; None for what is none or nothing."""
    found = _MONEY.fullmatch(str(typed).strip())
    if found is None:
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0") or 0) or None


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals."""
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


_CAPITALS = "零壹贰叁肆伍陆柒捌玖"


def in_capitals(fen: int) -> str:
    """A sum in the capitals of receipts, which nobody alters with a stroke: 12050 is 壹佰贰拾元伍角整."""
    yuan_part, rest = divmod(abs(fen), 100)
    jiao, cents = divmod(rest, 10)
    said = ""
    for unit, number in (
        ("亿", yuan_part // 10**8),
        ("万", yuan_part // 10**4 % 10**4),
        ("", yuan_part % 10**4),
    ):
        four, gap = "", False
        for place, digit in zip(("仟", "佰", "拾", ""), f"{number:04d}", strict=True):
            if digit == "0":
                gap = gap or bool(four or said)
                continue
            four += ("零" if gap else "") + _CAPITALS[int(digit)] + place
            gap = False
        said += four + unit if four else ""
    said += "元" if said else ""
    if jiao:
        said += _CAPITALS[jiao] + "角"
    elif cents and said:
        said += "零"
    return said + (_CAPITALS[cents] + "分" if cents else "整" if said else "零元整")


@rule(
    "cash.amount",
    Text(
        "金额写成 120 或 120.50，要大于零。",
        "Write the amount as 120 or 120.50; it must be more than nothing.",
    ),
    "",
    "amount",
)
def amount_is_money(facts: GuardFacts) -> bool:
    """An amount is a sum of money."""
    return "amount" not in facts.given or fen_of(facts.given["amount"]) is not None


@rule(
    "cash.not_held",
    Text(
        "超过了替这位群众保管的余额。",
        "This is more than is held for this resident.",
    ),
    REPORT_BACK,
    "amount",
)
def amount_is_held(facts: GuardFacts) -> bool:
    """What is paid or returned is there: nobody's money pays for somebody else."""
    amount = fen_of(facts.given.get("amount", ""))
    return amount is None or amount <= facts.facts.get("held", 0)


@rule(
    "cash.unsettled",
    Text(
        "替群众保管的钱还没有用完或退清，请先缴付或退还。",
        "Money is still held for the resident: pay it out or return it first.",
    ),
    REPORT_BACK,
)
def cash_is_settled(facts: GuardFacts) -> bool:
    """A task ends with nothing in the agent's hands."""
    return not facts.facts.get("held", 0)


@rule(
    "mandate.over",
    Text(
        "委托期限已过，请重新办理委托。",
        "The mandate has run out: have a new one signed.",
    ),
    END_OF_MANDATE,
)
def mandate_holds(facts: GuardFacts) -> bool:
    """An agent acts while the mandate lasts."""
    until = facts.facts.get("until")
    return not until or facts.at.astimezone(LOCAL_ZONE).date() <= date.fromisoformat(until)


@rule(
    "mandate.no_paper",
    Text(
        "请附上委托人签名的委托书照片。",
        "Attach a photograph of the mandate with the resident's signature.",
    ),
    MANDATE,
    "files",
)
def mandate_is_signed(facts: GuardFacts) -> bool:
    """A mandate is in writing and signed by who gives it."""
    return bool(facts.given.get("files")) or facts.step != "record_mandate"


@rule(
    "agent.no_signature",
    Text(
        "请附上群众签收的照片。",
        "Attach the resident's signature for what was handed back.",
    ),
    REPORT_BACK,
    "files",
)
def hand_back_is_signed(facts: GuardFacts) -> bool:
    """Whoever gets their things back signs for them."""
    return bool(facts.given.get("files")) or facts.step != "hand_back"


@rule(
    "order.above_price",
    Text(
        "付款不能超过合同约定的单价。",
        "Not more than the price in the contract is paid.",
    ),
    PAYMENT,
    "amount",
)
def payment_fits_the_price(facts: GuardFacts) -> bool:
    """An order is never paid above its price."""
    amount = fen_of(facts.given.get("amount", ""))
    return amount is None or amount <= facts.facts.get("price", 0)


@rule(
    "order.no_contract",
    Text(
        "合同不在有效期内，不能下单。",
        "The contract is not in force today.",
    ),
    CONTRACT,
)
def contract_is_in_force(facts: GuardFacts) -> bool:
    """An order is placed under a contract in force."""
    return facts.facts.get("contract_is_in_force") is True
