"""The roles of a county: each a bundle of permissions with a description a manager would sign.

What a role permits is decided here, once; where and until when it holds is decided at each grant.
"""

from yimen.domains.catalogue.permissions import CataloguePermission
from yimen.domains.command.permissions import CommandPermission
from yimen.domains.duties.permissions import DutyPermission
from yimen.domains.grid.permissions import GridPermission
from yimen.domains.hall.permissions import HallPermission
from yimen.domains.residents.api import ResidentPermission
from yimen.domains.services.permissions import ServicePermission
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.access.roles import AUDIT_ADMIN, SECURITY_ADMIN, SYSTEM_ADMIN, Role
from yimen.kernel.words import Text

_REPORT_AND_READ = (GridPermission.REPORT, GridPermission.READ)


def _role(code: str, name: Text, description: Text, *permissions: str, is_for_an_organ: bool = False) -> Role:
    return Role(code, name, description, frozenset(permissions), is_for_an_organ)


ROLES: tuple[Role, ...] = (
    _role(
        "grid_worker",
        Text("网格员", "Grid worker"),
        Text(
            "在本网格巡查、上报，自行处置小事，并到现场核查处置结果；不能派遣，不能结案。",
            "Patrols and reports in the grid, settles small things on the spot and checks results on site; "
            "may not dispatch or close.",
        ),
        *_REPORT_AND_READ,
        GridPermission.HANDLE,
        GridPermission.CHECK,
        DutyPermission.READ,
        DutyPermission.ANSWER,
        ServicePermission.SUPERVISED,
    ),
    _role(
        "grid_leader",
        Text("网格长", "Grid leader"),
        Text(
            "带领本村（社区）网格员，除上报、处置、核查外，可对辖区内的事件督办。",
            "Leads the village's grid workers; besides reporting, handling and checking, may press for progress "
            "on incidents in the area.",
        ),
        *_REPORT_AND_READ,
        GridPermission.HANDLE,
        GridPermission.CHECK,
        GridPermission.SUPERVISE,
        KernelPermission.PEOPLE_READ,
        ServicePermission.SUPERVISED,
        DutyPermission.READ,
        DutyPermission.ANSWER,
    ),
    _role(
        "window_clerk",
        Text("综合窗口人员", "Window clerk"),
        Text(
            "在任一综合窗口收件、受理、一次告知补正，当场办结即办件，发放结果，也替群众上报；不能审查和决定承诺件。",
            "Takes in applications at any window, accepts, names defects once, settles instant items, hands over "
            "results, and reports for residents; may not review or decide what is promised.",
        ),
        *_REPORT_AND_READ,
        CataloguePermission.READ,
        ServicePermission.READ,
        ResidentPermission.CONFIRM,
        ServicePermission.INTAKE,
        ServicePermission.ISSUE,
        ServicePermission.SUPERVISED,
        HallPermission.CALL,
        HallPermission.READ,
    ),
    _role(
        "hall_manager",
        Text("大厅负责人", "Hall manager"),
        Text(
            "设置大厅、窗口、预约和村级站点，查看运行情况和办件，核对代办账目、处理差额；不能收件、审查和决定。",
            "Sets up halls, windows, appointments and village sites, sees how they run and what is applied for, checks agents' "
            "accounts and settles differences; may not take in, review or decide.",
        ),
        CataloguePermission.READ,
        ServicePermission.READ,
        HallPermission.READ,
        HallPermission.MANAGE,
        HallPermission.SCREEN,
        HallPermission.BALANCE,
    ),
    _role(
        "hall_screen",
        Text("大厅屏幕", "Hall screen"),
        Text(
            "只用于取号机和叫号屏：取号、显示号码；打不开任何办件，看不到任何人的信息。",
            "For the ticket kiosk and the calling display only: gives and shows numbers; opens no application and sees nothing "
            "about anybody.",
        ),
        HallPermission.SCREEN,
    ),
    _role(
        "village_agent",
        Text("村级代办员", "Village agent"),
        Text(
            "按登记的委托替村民提交申请、代收代缴、取回并交还结果，每天结清现金账；不能审查和决定。",
            "Submits applications for villagers under recorded mandates, receives and pays their money, hands results back and "
            "closes the cash every day; may not review or decide.",
        ),
        CataloguePermission.READ,
        ServicePermission.INTAKE,
        HallPermission.AGENT,
    ),
    _role(
        "purchasing_officer",
        Text("购买服务经办人", "Purchasing officer"),
        Text(
            "登记服务机构和合同，下订单、登记完成情况；不能验收和付款。",
            "Registers providers and contracts, orders services and records what was done; may not accept or pay.",
        ),
        HallPermission.PROVIDERS,
        HallPermission.ORDER,
    ),
    _role(
        "service_checker",
        Text("服务验收员", "Acceptance officer"),
        Text(
            "上门核实购买的服务，验收或退回并登记评价；不能下单和付款。",
            "Looks at what providers did, accepts it or sends it back, and records the rating; may not order or pay.",
        ),
        HallPermission.CHECK,
    ),
    _role(
        "paymaster",
        Text("付款人员", "Paymaster"),
        Text(
            "按合同支付验收合格的服务；不能下单和验收。",
            "Pays what was accepted, within the contract; may not order or accept.",
        ),
        HallPermission.PAY,
    ),
    _role(
        "service_reviewer",
        Text("审查人员", "Reviewer"),
        Text(
            "审查申请，办理公示、调查等特别程序，提出意见、报县级；不能决定。",
            "Reviews applications, runs notices, surveys and other special procedures, hands up to the county; may not decide.",
        ),
        CataloguePermission.READ,
        ServicePermission.READ,
        ServicePermission.REVIEW,
        ServicePermission.SUPERVISED,
    ),
    _role(
        "service_head",
        Text("审批负责人", "Head of approvals"),
        Text(
            "作出准予或者不予的决定，批准延长，主持听证，撤销和注销；不能收件。",
            "Grants or refuses, grants more time, hosts hearings, revokes and cancels; may not take applications in.",
        ),
        CataloguePermission.READ,
        ServicePermission.READ,
        ServicePermission.DECIDE,
        ServicePermission.HOST,
        ServicePermission.RECTIFY,
        ServicePermission.SUPERVISED,
        KernelPermission.SEALS_READ,
    ),
    _role(
        "seal_manager",
        Text("印章管理员", "Keeper of the register of seals"),
        Text(
            "启用、交接、停用印章，查看用印记录；不受理、不审查、不决定。",
            "Registers seals, hands them over, disables them and sees every use; takes in, reviews and decides nothing.",
        ),
        KernelPermission.SEALS_READ,
        KernelPermission.SEALS_MANAGE,
    ),
    _role(
        "county_approver",
        Text("县级审批人员", "County approver"),
        Text(
            "对乡镇初审上报到本单位的办件作出县级决定，答复联办意见。",
            "Decides what townships handed up to the organ and answers when asked to join in.",
        ),
        CataloguePermission.READ,
        ServicePermission.READ,
        ServicePermission.DECIDE_COUNTY,
        ServicePermission.OPINION,
        is_for_an_organ=True,
    ),
    _role(
        "catalogue_officer",
        Text("事项编目员", "Catalogue officer"),
        Text(
            "发布、修订和停用全县的政务服务事项，导入导出实施清单；不能受理和审批。",
            "Publishes, revises and withdraws the county's service items, imports and exports the list; may not accept or decide.",
        ),
        CataloguePermission.READ,
        CataloguePermission.MANAGE,
    ),
    _role(
        "command_clerk",
        Text("受理员", "Intake clerk"),
        Text(
            "在指挥中心接报、登记立案、合并重复上报，并可说明理由查看报事人信息；不能派遣。",
            "Takes reports at the command centre, registers them, merges duplicates and may reveal a reporter's details "
            "giving a reason; may not dispatch.",
        ),
        *_REPORT_AND_READ,
        GridPermission.WALL,
        GridPermission.REGISTER,
        GridPermission.MERGE,
        KernelPermission.MATTER_REVEAL,
    ),
    _role(
        "command_dispatcher",
        Text("派遣员", "Dispatcher"),
        Text(
            "把已登记的事件派给负责的机构，处理退回和改派；不能处置，不能结案。",
            "Sends registered incidents to the organ responsible and deals with returns; may not handle or close.",
        ),
        *_REPORT_AND_READ,
        GridPermission.WALL,
        GridPermission.DISPATCH,
        KernelPermission.PEOPLE_READ,
    ),
    _role(
        "command_chief",
        Text("值班长", "Duty chief"),
        Text(
            "对当班负责：登记、派遣、合并、督办和结案，可从其他系统成批导入事件，并可说明理由查看报事人信息。",
            "Answers for the shift: registers, dispatches, merges, presses for progress and closes; may import from another system and reveal "
            "a reporter's details giving a reason.",
        ),
        *_REPORT_AND_READ,
        GridPermission.REGISTER,
        GridPermission.DISPATCH,
        GridPermission.MERGE,
        GridPermission.SUPERVISE,
        GridPermission.CLOSE,
        GridPermission.IMPORT,
        GridPermission.WALL,
        KernelPermission.PEOPLE_READ,
        KernelPermission.MATTER_REVEAL,
        DutyPermission.READ,
        CommandPermission.INDICATORS,
        CommandPermission.PUBLISH,
    ),
    _role(
        "department_handler",
        Text("处置员", "Handler"),
        Text(
            "办理派给本单位的事件并回复结果，职责不符的可说明理由退回，并可说明理由查看报事人信息；只看本单位经手的事件。",
            "Handles incidents sent to the organ and reports the result, or returns with reasons what is not its "
            "duty, and may reveal the reporter's details giving a reason; sees only what the organ has held.",
        ),
        GridPermission.READ,
        GridPermission.HANDLE,
        KernelPermission.MATTER_REVEAL,
        is_for_an_organ=True,
    ),
    _role(
        "department_head",
        Text("部门负责人", "Head of department"),
        Text(
            "对本单位的办理负责：办理、督办，查看本单位人员，并可说明理由查看报事人信息；可申请网格事项准入，向网格派清单内的任务。",
            "Answers for the organ's handling: handles, presses for progress, sees its people and may reveal a "
            "reporter's details giving a reason; may apply for grid tasks and push listed ones.",
        ),
        GridPermission.READ,
        GridPermission.HANDLE,
        GridPermission.SUPERVISE,
        KernelPermission.PEOPLE_READ,
        KernelPermission.MATTER_REVEAL,
        DutyPermission.READ,
        DutyPermission.APPLY,
        DutyPermission.PUSH,
        CommandPermission.INDICATORS,
        CommandPermission.APPEAL,
        is_for_an_organ=True,
    ),
    _role(
        "township_leader",
        Text("乡镇（街道）领导", "Township leader"),
        Text(
            "查看本乡镇（街道）全部事件并督办，管理网格划分，并可说明理由查看工作人员信息；不代替经办人办理。",
            "Sees and presses for progress on every incident of the township, manages its grids and may reveal staff "
            "members' details giving a reason; does not act in place of those who handle.",
        ),
        GridPermission.READ,
        GridPermission.SUPERVISE,
        GridPermission.WALL,
        HallPermission.READ,
        KernelPermission.GRIDS_MANAGE,
        KernelPermission.PEOPLE_READ,
        KernelPermission.PEOPLE_REVEAL,
        DutyPermission.READ,
        DutyPermission.OPINE,
        CommandPermission.INDICATORS,
        CommandPermission.APPEAL,
    ),
    _role(
        "village_officer",
        Text("村（社区）干部", "Village officer"),
        Text(
            "替村民上报，查看本村（社区）事件的进展。",
            "Reports for villagers and follows the incidents of the village.",
        ),
        *_REPORT_AND_READ,
        DutyPermission.READ,
    ),
    _role(
        "legal_reviewer",
        Text("法制审核员", "Legal reviewer"),
        Text(
            "查看事件及其全过程记录，核验记录未被改动；不经办。",
            "Reads incidents with their full record and verifies that it is unaltered; handles nothing.",
        ),
        GridPermission.READ,
        KernelPermission.LEDGER_VERIFY,
    ),
    _role(
        "enforcement_officer",
        Text("执法人员", "Enforcement officer"),
        Text(
            "办理派给执法队的事件，巡查中发现的问题可以上报。",
            "Handles incidents sent to the enforcement team and reports what a patrol finds.",
        ),
        *_REPORT_AND_READ,
        GridPermission.HANDLE,
        ServicePermission.SUPERVISED,
    ),
    _role(
        SYSTEM_ADMIN,
        Text("系统管理员", "System administrator"),
        Text(
            "维护系统运行、机构人员名册、事件分类、网格和节假日安排；不能授予角色，不能查阅操作留痕，不办理业务。",
            "Keeps the system running, with its register of organs and people, incident classes, grids and holiday "
            "notices; may not grant roles, read the record of acts or handle matters.",
        ),
        KernelPermission.SYSTEM_MANAGE,
        KernelPermission.PEOPLE_READ,
        KernelPermission.PEOPLE_MANAGE,
        KernelPermission.ORGANS_MANAGE,
        KernelPermission.CALENDAR_PROPOSE,
        GridPermission.CLASSES_MANAGE,
        KernelPermission.GRIDS_MANAGE,
        DutyPermission.READ,
        DutyPermission.MANAGE,
    ),
    _role(
        SECURITY_ADMIN,
        Text("安全管理员", "Security administrator"),
        Text(
            "开停账号，授予和收回角色，确认节假日安排；不能给自己授权，不能维护系统，不办理业务。",
            "Opens and closes accounts, grants and revokes roles, confirms holiday notices; may not grant to "
            "oneself, maintain the system or handle matters.",
        ),
        KernelPermission.ACCESS_READ,
        KernelPermission.ACCESS_MANAGE,
        KernelPermission.PEOPLE_READ,
        KernelPermission.CALENDAR_CONFIRM,
    ),
    _role(
        AUDIT_ADMIN,
        Text("审计管理员", "Audit administrator"),
        Text(
            "查阅全部操作留痕、核验台账、查看授权情况；只看不改。",
            "Reads the record of every act, verifies the ledger and sees who was granted what; looks, never changes.",
        ),
        KernelPermission.AUDIT_READ,
        KernelPermission.SEALS_READ,
        KernelPermission.LEDGER_VERIFY,
        KernelPermission.ACCESS_READ,
        KernelPermission.PEOPLE_READ,
    ),
    _role(
        "county_observer",
        Text("县级观察员", "County observer"),
        Text(
            "查看全县事件和办理情况，供领导和督查使用；不经办，看不到报事人信息。",
            "Sees the county's incidents and how they are handled, for leaders and inspectors; handles nothing and "
            "sees no reporter's details.",
        ),
        GridPermission.READ,
        GridPermission.WALL,
        KernelPermission.PEOPLE_READ,
        DutyPermission.READ,
        CommandPermission.INDICATORS,
    ),
    _role(
        "establishment_officer",
        Text("编办经办人", "Establishment officer"),
        Text(
            "审核网格事项准入申请，征求乡镇意见，维护并公布清单；登记机构，按批准文件把审批事项划转给乡镇专门的审批服务机构。"
            "不能决定准入，不能向网格派任务，不能审批。",
            "Reviews applications for admission of grid tasks, asks the townships, keeps and publishes the list; registers organs "
            "and transfers items to townships’ approval organs by an approved document. May not decide on admissions or "
            "applications, nor push tasks to grids.",
        ),
        KernelPermission.PEOPLE_READ,
        KernelPermission.ORGANS_MANAGE,
        CataloguePermission.READ,
        CataloguePermission.TRANSFER,
        DutyPermission.READ,
        DutyPermission.REVIEW,
        DutyPermission.MANAGE,
    ),
    _role(
        "county_leader",
        Text("县级分管领导", "County leader"),
        Text(
            "听取乡镇意见后决定网格事项准入，可收回派错的专项任务，查看全县情况；不经办。",
            "Decides on admissions of grid tasks after townships were heard, may recall a round pushed in error, and sees the "
            "county's figures; handles nothing.",
        ),
        GridPermission.READ,
        KernelPermission.PEOPLE_READ,
        DutyPermission.READ,
        DutyPermission.ADMIT,
    ),
    _role(
        "wall_screen",
        Text("指挥大屏", "Command wall"),
        Text(
            "只显示指挥大屏：辖区内事件的数量、位置和办理状态；打不开任何一件事，看不到任何人的信息。",
            "Shows the command wall only: how many incidents there are in the area, where, and how they stand; opens "
            "none of them and sees nothing about anybody.",
        ),
        GridPermission.WALL,
    ),
    _role(
        "assessment_reviewer",
        Text("考核复核员", "Assessment reviewer"),
        Text(
            "审核各乡镇和部门对月度考核的申诉；不能发布考核，不办理事件，看不到报事人信息。",
            "Decides appeals of townships and departments against a month's assessment; may not publish one, handles no "
            "incidents and sees no reporter's details.",
        ),
        GridPermission.READ,
        CommandPermission.INDICATORS,
        CommandPermission.DECIDE,
    ),
    _role(
        "machine_client",
        Text("外部系统", "Machine client"),
        Text(
            "由其他平台通过接口上报事件并查询进展；不能办理。",
            "Another platform reporting incidents and asking for their progress through the interface; may not "
            "handle them.",
        ),
        *_REPORT_AND_READ,
    ),
)
"""Every role there is; a role missing here permits nothing, even where it was once granted."""
