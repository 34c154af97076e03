"""What an entry of the ledger says was done, in words: the steps of procedures, and the acts on registers and accounts."""

from collections.abc import Iterable, Mapping

from yimen.design.shapes import Said
from yimen.kernel.procedure import registry
from yimen.kernel.procedure.language import Procedure, Step
from yimen.kernel.words import Text

REGISTER_ACTS: Mapping[str, Text] = {
    # people and their posts
    "register_person": Text("登记人员", "Person registered"),
    "correct_person": Text("更正人员信息", "Person’s details corrected"),
    "reveal_person": Text("查看人员联系方式", "Person’s contact details looked at"),
    "appoint": Text("任命", "Appointed"),
    "end_appointment": Text("免去", "Appointment ended"),
    "note_absence": Text("登记离岗", "Absence noted"),
    "stand_in": Text("安排顶岗", "Stand-in arranged"),
    "add_certificate": Text("登记执法证", "Enforcement certificate registered"),
    "withdraw_certificate": Text("收回执法证", "Enforcement certificate withdrawn"),
    # organs and posts
    "open_organ": Text("设立机构", "Organ set up"),
    "call_organ": Text("改机构的英文名称", "Organ’s English name set"),
    "set_duty_phone": Text("改值班电话", "Duty telephone set"),
    "set_hours": Text("改工作时间", "Office hours set"),
    "open_post": Text("设立岗位", "Post set up"),
    "call_post": Text("改岗位的英文名称", "Post’s English name set"),
    "set_post_phone": Text("改工作电话", "Post’s telephone set"),
    "close_post": Text("撤销岗位", "Post closed"),
    # grids
    "redraw_grids": Text("重新划分网格", "Grids redrawn"),
    "call_off_grids": Text("取消网格划分", "Redrawing called off"),
    "add_legacy_grids": Text("登记原有网格", "Legacy grids registered"),
    "map_legacy_grid": Text("对应原有网格", "Legacy grid mapped"),
    # what the county sets
    "enter_notice": Text("录入放假安排", "Holiday notice entered"),
    "confirm_notice": Text("确认放假安排", "Holiday notice confirmed"),
    "calendar_recalculated": Text("按放假安排重算时限", "Limits recalculated for the calendar"),
    "set_limit": Text("设定县定时限", "County’s limit set"),
    "set_class": Text("改事件分类", "Incident class set"),
    "end_class": Text("停用事件分类", "Incident class ended"),
    "set_duty": Text("改职责清单", "Duty table set"),
    "set_task": Text("改网格事项", "Grid task set"),
    "end_task": Text("移出网格事项清单", "Grid task taken off the list"),
    "publish_list": Text("公布网格事项清单", "List of grid tasks published"),
    "set_standard": Text("改配备标准", "Staffing standard set"),
    "set_party_unit": Text("改网格党组织", "Grid’s party unit set"),
    "set_scheme": Text("改考核办法", "Assessment scheme set"),
    "publish_assessment": Text("公布考核结果", "Assessment published"),
    "give_opinion": Text("提出准入意见", "Opinion on an admission given"),
    "answer_round": Text("回复一轮任务", "Round answered"),
    # imports
    "save_mapping": Text("保存列对应", "Column mapping saved"),
    "confirm_import": Text("确认导入", "Import confirmed"),
    "import_file": Text("导入文件", "File imported"),
    # catalogue
    "publish_item": Text("发布事项", "Item published"),
    "withdraw_item": Text("停用事项", "Item withdrawn"),
    "transfer_item": Text("划转事项", "Item transferred"),
    "return_item": Text("收回划转的事项", "Transferred item taken back"),
    # documents and seals
    "read_document": Text("打开文书", "Document opened"),
    "withdraw_document": Text("撤回文书", "Document withdrawn"),
    "make_seal": Text("刻制印章", "Seal made"),
    "entrust_seal": Text("交接印章", "Seal entrusted"),
    "use_seal": Text("用印", "Seal used"),
    "end_seal": Text("停用印章", "Seal ended"),
    "look": Text("查看材料", "Paper looked at"),
    # halls and sites
    "open_hall": Text("设立大厅", "Hall set up"),
    "add_window": Text("设立窗口", "Window set up"),
    "close_window": Text("撤销窗口", "Window closed"),
    "attend_window": Text("窗口开始受理", "Window attended"),
    "leave_window": Text("窗口暂停受理", "Window left"),
    "set_slots": Text("改预约时段", "Appointment times set"),
    "book": Text("预约", "Appointment booked"),
    "cancel_booking": Text("取消预约", "Appointment cancelled"),
    "miss_booking": Text("预约未到", "Appointment missed"),
    "take_ticket": Text("取号", "Ticket taken"),
    "call_ticket": Text("叫号", "Ticket called"),
    "recall_ticket": Text("再次叫号", "Ticket called again"),
    "skip_ticket": Text("过号", "Ticket passed over"),
    "finish_ticket": Text("办结", "Ticket dealt with"),
    "hand_over_ticket": Text("转窗口", "Ticket handed over"),
    "come_back": Text("过号重排", "Ticket back in the queue"),
    "free_window": Text("让出窗口", "Window freed"),
    "note_visit": Text("登记来办", "Visit noted"),
    "send_file": Text("移送纸质材料", "Paper file passed on"),
    "sign_for_file": Text("签收纸质材料", "Paper file signed for"),
    "set_site": Text("登记服务站点", "Service site set"),
    "end_site": Text("撤销服务站点", "Service site ended"),
    "close_cash_day": Text("现金日结", "Day’s cash closed"),
    "settle_difference": Text("处理现金差额", "Cash difference settled"),
    "register_provider": Text("登记服务机构", "Provider registered"),
    "sign_contract": Text("登记合同", "Contract registered"),
    # residents
    "open_account": Text("居民开户", "Resident’s account opened"),
    "set_password": Text("居民设密码", "Resident’s password set"),
    "close_account": Text("居民销户", "Resident’s account closed"),
    "correct_details": Text("居民更正信息", "Resident’s details corrected"),
    "reveal_details": Text("居民查看本人信息", "Resident’s own details looked at"),
    "export": Text("居民导出本人数据", "Resident’s own data exported"),
    "confirm_identity": Text("核实居民身份", "Resident’s identity confirmed"),
    "represent": Text("登记代理关系", "Representation recorded"),
    "confirm_representation": Text("核实代理关系", "Representation confirmed"),
    "end_representation": Text("结束代理关系", "Representation ended"),
    # after the decision
    "rate": Text("评价", "Rated"),
    "rate_again": Text("追加评价", "Rated again"),
    "begin_supervision": Text("纳入监管", "Put under supervision"),
    "carry_on_supervision": Text("监管转到新许可", "Supervision carried on"),
    "finding": Text("登记监管情况", "Finding of supervision"),
    "end_supervision": Text("结束监管", "Supervision ended"),
    # messages
    "send_message": Text("发送消息", "Message sent"),
    "retry_message": Text("重新发送消息", "Message sent again"),
    # accounts
    "access.create_account": Text("开立账号", "Account opened"),
    "access.grant_role": Text("授予角色", "Role granted"),
    "access.revoke_role": Text("收回角色", "Role revoked"),
    "access.delegate": Text("委托角色", "Role delegated"),
    "access.revoke_delegation": Text("收回委托", "Delegation revoked"),
    "access.reset_password": Text("重置密码", "Password reset"),
    "access.change_password": Text("修改密码", "Password changed"),
    "access.enrol_second_factor": Text("绑定动态口令", "Second factor enrolled"),
    "access.renew_backup_codes": Text("换备用码", "Backup codes renewed"),
    "access.sign_in": Text("登录", "Signed in"),
    "access.deactivate": Text("停用账号", "Account deactivated"),
    "access.reactivate": Text("恢复账号", "Account reactivated"),
    "access.issue_key": Text("发放密钥", "Key issued"),
    "access.revoke_key": Text("收回密钥", "Key revoked"),
}  # fmt: skip


def act_words(code: str, procedure: Procedure | None = None) -> Said:
    """An act of the ledger in words: a step of the procedure, an act on a register, a step of any other; else its code."""
    own = [procedure.steps] if procedure else []
    if label := _label(code, own):
        return label
    return REGISTER_ACTS.get(code) or _label(code, [each.steps for each in registry.newest()]) or code


def _label(code: str, declared: Iterable[Iterable[Step]]) -> Text | None:
    return next((s.label for steps in declared for s in steps if s.code == code), None)
