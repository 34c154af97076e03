"""What may be permitted in halls and sites, and to agents and buyers."""

from collections.abc import Mapping
from enum import StrEnum

from yimen.kernel.words import Text


class HallPermission(StrEnum):
    """The permissions of this field."""

    SCREEN = "hall.screen"
    CALL = "hall.call"
    READ = "hall.read"
    MANAGE = "hall.manage"
    AGENT = "agent.act"
    BALANCE = "agent.balance"
    PROVIDERS = "provider.manage"
    ORDER = "provider.order"
    CHECK = "provider.check"
    PAY = "provider.pay"


HALL_WORDS: Mapping[HallPermission, Text] = {
    HallPermission.SCREEN: Text("显示取号机和叫号屏", "Show the ticket kiosk and the calling display"),
    HallPermission.CALL: Text("在窗口叫号", "Call tickets at a window"),
    HallPermission.READ: Text("查看大厅和站点的运行情况", "See how halls and sites run"),
    HallPermission.MANAGE: Text("设置大厅、窗口和村级站点", "Set up halls, windows and village sites"),
    HallPermission.AGENT: Text("替群众代办、收付代缴款", "Act for residents and handle their money"),
    HallPermission.BALANCE: Text("核对代办账目、处理差额", "Check agents' accounts and settle differences"),
    HallPermission.PROVIDERS: Text("登记服务机构和合同", "Register providers and contracts"),
    HallPermission.ORDER: Text("下服务订单、登记完成情况", "Order services and record what was done"),
    HallPermission.CHECK: Text("验收和评价服务", "Accept and rate what providers did"),
    HallPermission.PAY: Text("支付服务费用", "Pay providers"),
}
