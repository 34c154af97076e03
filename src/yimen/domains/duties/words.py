"""The declared words of the duty list: domains, what a worker does, how often, and what a worker is not asked. Pure."""

from collections.abc import Mapping

from yimen.kernel.words import Text

DOMAINS: Mapping[str, Text] = {
    "01": Text("党的建设", "Party building"),
    "02": Text("社会保障", "Social security"),
    "03": Text("综合治理", "Public order"),
    "04": Text("应急管理", "Emergency management"),
    "05": Text("社会救助", "Social assistance"),
    "06": Text("生态环境", "Environment"),
    "07": Text("城乡管理", "Upkeep of town and country"),
    "08": Text("便民服务", "Help for residents"),
}
"""Two digits that begin a task's code. The first five are those the opinions of 2019 name (三)."""

ACTIONS: Mapping[str, Text] = {
    "find": Text("发现", "notice"),
    "report": Text("报告", "report"),
    "first_response": Text("先期处置", "first response"),
    "assist": Text("协助", "assist"),
}
"""What a worker does; deciding, enforcing and certifying are never among it."""

FREQUENCIES: Mapping[str, Text] = {
    "as_found": Text("发现即报", "whenever noticed"),
    "weekly": Text("每周", "weekly"),
    "monthly": Text("每月", "monthly"),
    "quarterly": Text("每季度", "quarterly"),
    "yearly": Text("每年", "yearly"),
    "on_request": Text("按需协助", "when asked to assist"),
}

STANCES: Mapping[str, Text] = {
    "agree": Text("同意", "Agrees"),
    "conditional": Text("有条件同意", "Agrees on conditions"),
    "object": Text("不同意", "Objects"),
}

OUTCOMES: Mapping[str, Text] = {
    "nothing": Text("已查看，没有发现问题", "Looked; nothing found"),
    "found": Text("发现问题，已上报", "Found something, reported"),
    "not_ours": Text("不属于本网格职责或无法办理，已说明", "Not this grid's duty or impossible, explained"),
}

PARTY_UNIT_KINDS: Mapping[str, Text] = {
    "branch": Text("党支部", "Party branch"),
    "group": Text("党小组", "Party group"),
}

_LIGHTEN = "2024 年整治形式主义为基层减负若干规定"

NOT_ASKED: tuple[tuple[Text, str], ...] = (
    (
        Text(
            "清单以外的工作：没有经过准入的事项不派到网格。",
            "Work that is not on the list: what was not admitted is not pushed to grids.",
        ),
        "关于推进基层整合审批服务执法力量的实施意见 三、五",
    ),
    (
        Text(
            "行政执法、审批、处罚、开具证明：网格员不做决定，只发现、报告和协助。",
            "Enforcement, permits, penalties, certificates: grid workers decide nothing; they notice, report and assist.",
        ),
        "行政处罚法 第十七条",
    ),
    (
        Text(
            "打卡、积分、在线时长排名，以及用截图和留痕材料代替实际工作。",
            "Check-ins, points, rankings of time online, and screenshots in place of real work.",
        ),
        _LIGHTEN,
    ),
    (
        Text(
            "在综合网格之外另划网格、另建队伍。",
            "Other grids and other teams beside the one grid.",
        ),
        "滨州市网格化服务管理条例 第六条",
    ),
    (
        Text(
            "收取与清单无关的个人信息，或重复填报已经报过的数据。",
            "Collecting personal data that no listed task needs, or reporting the same figures twice.",
        ),
        "个人信息保护法 第六条",
    ),
)
"""What grid workers must not be asked to do, each with what it rests on."""
