"""The words of the catalogue's codes, in both languages: what guides, tables and the console call them."""

from collections.abc import Mapping

from yimen.domains.catalogue.item import Channel, Delivery, Field, Inquiry, Kind, Meeting
from yimen.kernel.words import Text

FIELD_WORDS: Mapping[Field, Text] = {
    Field.EMPLOYMENT: Text("就业和社会保障", "Work and social security"),
    Field.MEDICAL: Text("医疗保障", "Medical insurance"),
    Field.PROPERTY: Text("不动产登记", "Property registration"),
    Field.RELIEF: Text("社会救助", "Social relief"),
    Field.HOUSEHOLD: Text("户籍管理", "Household register"),
    Field.BUILDING: Text("乡村建设", "Building in the village"),
    Field.DILAPIDATED: Text("危（旧）房改造", "Unsafe and old houses"),
    Field.HERITAGE: Text("古村（屋）修缮", "Old villages and houses"),
    Field.WATER: Text("改水改厕", "Water and toilets"),
    Field.PARTY: Text("党建服务", "Party affairs"),
    Field.REVITALISATION: Text("乡村振兴", "Rural revitalisation"),
    Field.AGED: Text("老年人", "Older people"),
    Field.DISABILITY: Text("残疾人", "People with disabilities"),
    Field.FAMILY: Text("生育和家庭", "Births and family"),
    Field.MACHINERY: Text("农机", "Farm machinery"),
}
KIND_WORDS: Mapping[Kind, Text] = {
    Kind.INSTANT: Text("即办件", "Decided on the spot"),
    Kind.PROMISED: Text("承诺件", "Decided within a promised time"),
}
CHANNEL_WORDS: Mapping[Channel, Text] = {
    Channel.ONLINE: Text("网上", "Online"),
    Channel.WINDOW: Text("窗口", "Window"),
    Channel.VILLAGE: Text("村（社区）服务点", "Village service point"),
    Channel.AGENT: Text("代办", "Agent"),
}
DELIVERY_WORDS: Mapping[Delivery, Text] = {
    Delivery.COUNTER: Text("窗口领取", "At the counter"),
    Delivery.POST: Text("邮寄", "By post"),
    Delivery.ELECTRONIC: Text("电子送达", "Electronically"),
}
INQUIRY_WORDS: Mapping[Inquiry, Text] = {
    Inquiry.INSPECTION: Text("现场核查", "Inspection on site"),
    Inquiry.EXPERT_REVIEW: Text("专家评审", "Review by experts"),
    Inquiry.HEARING: Text("听证", "Hearing"),
    Inquiry.PUBLIC_NOTICE: Text("公示", "Public notice"),
    Inquiry.HOUSEHOLD_SURVEY: Text("入户调查", "Visit to the household"),
    Inquiry.DEMOCRATIC_APPRAISAL: Text("民主评议", "Democratic appraisal"),
}
MEETING_WORDS: Mapping[Meeting, Text] = {
    Meeting.TOWNSHIP_HEAD: Text("乡镇长办公会", "Meeting of the township head"),
    Meeting.PARTY_COMMITTEE: Text("党委会", "Meeting of the party committee"),
}
DECIDER_WORDS: Mapping[str, Text] = {
    "township": Text("乡镇（街道）", "Township"),
    "county": Text("县级部门", "County department"),
}
SERVED_WORDS: Mapping[str, Text] = {
    "person": Text("自然人", "Natural persons"),
    "enterprise": Text("企业法人", "Enterprises"),
    "organisation": Text("其他组织", "Other organisations"),
}
FORM_WORDS: Mapping[str, Text] = {
    "original": Text("原件", "Original"),
    "copy": Text("复印件", "Copy"),
    "shown": Text("核对原件", "Original, shown"),
    "electronic": Text("电子件", "Electronic"),
}
SOURCE_WORDS: Mapping[str, Text] = {
    "applicant": Text("申请人自备", "Applicant"),
    "organ": Text("政府部门核发", "Issued by an organ"),
    "intermediary": Text("中介机构出具", "Issued by an intermediary"),
}
RESULT_WORDS: Mapping[str, Text] = {
    "certificate": Text("证照", "Certificate"),
    "approval": Text("批文", "Approval"),
    "registration": Text("登记", "Registration"),
    "benefit": Text("待遇", "Benefit"),
    "reply": Text("答复", "Reply"),
}
DEPTH_WORDS: Mapping[str, Text] = {
    "consult": Text("网上咨询", "Asked about online"),
    "accept": Text("网上受理", "Accepted online"),
    "complete": Text("全程网办", "Online from end to end"),
}
PART_WORDS: Mapping[str, Text] = {
    zh: Text(zh, en)
    for zh, en in (
        ("编码", "Code"), ("名称", "Name"), ("形式", "Form"), ("份数", "Copies"), ("依据", "Basis"), ("受理标准", "Accepted when"),
        ("来源", "From"), ("共享自", "Shared from"), ("必要", "Required"), ("条件", "When"), ("可容缺", "May follow"),
        ("可承诺", "By commitment"), ("样表", "Sample"), ("填报须知", "How to fill it in"), ("结果样本", "What it looks like"), ("标准", "Amount"), ("减免", "Reduction"), ("类型", "Kind"),
        ("有效月数", "Months of validity"), ("可延续", "Renewable"), ("程序", "Procedure"), ("时间", "Time"),
        ("计入时限", "Counted in the limit"), ("会议", "Meeting"), ("材料编码", "Code of the material"), ("问", "Question"), ("答", "Answer"),
    )
}  # fmt: skip
UNIT_WORDS: Mapping[str, Text] = {
    "hours": Text("小时", "hours"),
    "working_hours": Text("工作小时", "working hours"),
    "working_days": Text("工作日", "working days"),
    "calendar_days": Text("自然日", "calendar days"),
    "months": Text("月", "months"),
}
