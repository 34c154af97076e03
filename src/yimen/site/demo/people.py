"""Names, organs and people of the demo counties. No name, telephone or identity number here is a real one."""

from dataclasses import dataclass

COUNTY = "339901"
TOWNSHIPS_EN = {
    "城关街道": "Chengguan", "云溪街道": "Yunxi", "青石镇": "Qingshi", "石桥头镇": "Shiqiaotou", "白鹤镇": "Baihe",
    "双溪镇": "Shuangxi", "龙泉口镇": "Longquankou", "枫林镇": "Fenglin", "南屏镇": "Nanping", "竹坪乡": "Zhuping",
    "云岭乡": "Yunling", "茶园乡": "Chayuan", "水口乡": "Shuikou", "桥南镇": "Qiaonan", "桥北乡": "Qiaobei",
}  # fmt: skip
TOWNSHIPS = [
    ("001", "城关街道"), ("002", "云溪街道"), ("100", "青石镇"), ("101", "石桥头镇"), ("102", "白鹤镇"),
    ("103", "双溪镇"), ("104", "龙泉口镇"), ("105", "枫林镇"), ("106", "南屏镇"), ("200", "竹坪乡"),
    ("201", "云岭乡"), ("202", "茶园乡"), ("203", "水口乡"),
]  # fmt: skip
SECOND_COUNTY = "339902"
SECOND_TOWNSHIPS = [("100", "桥南镇"), ("200", "桥北乡")]

POSTS_EN = {
    "网格员": "Grid Worker", "网格长": "Grid Leader", "网格党小组组长": "Grid Party Group Leader", "镇长": "Township Head",
    "副镇长": "Deputy Township Head", "综合窗口": "All-in-one Window", "综合执法队员": "Enforcement Officer",
    "工作人员": "Member of Staff", "受理员": "Intake Clerk", "派遣员": "Dispatcher", "值班长": "Duty Chief",
    "指挥大屏": "Command Wall", "处置员": "Handler", "局长": "Head of Bureau", "审查岗": "Reviewer", "科员": "Officer",
    "机要科员": "Confidential Affairs Officer", "县领导": "County Leader", "考核复核员": "Assessment Reviewer",
    "窗口人员": "Window Clerk", "大厅负责人": "Hall Manager", "大厅屏幕": "Hall Screen", "代办员": "Village Agent",
    "购买服务经办人": "Purchasing Officer", "服务验收员": "Acceptance Officer", "付款人员": "Paymaster",
    "系统管理员": "System Administrator", "安全管理员": "Security Administrator", "审计管理员": "Audit Administrator",
}  # fmt: skip

_FIRST = "青白龙凤金银石云竹梅松柏枫桐柳杨花茶桃李"
_SECOND = "山溪坪岭湾塘坞畈坑桥头源口堰"


_SOUNDS = dict(zip(
    _FIRST + _SECOND,
    ["qing", "bai", "long", "feng", "jin", "yin", "shi", "yun", "zhu", "mei", "song", "bai", "feng", "tong", "liu", "yang", "hua", "cha", "tao", "li", "shan", "xi", "ping", "ling", "wan", "tang", "wu", "fan", "keng", "qiao", "tou", "yuan", "kou", "yan"],
    strict=True,
))  # fmt: skip


def in_english(name: str) -> str:
    """A demo village's name in letters, such as “Qingshan”."""
    return "".join(_SOUNDS.get(c, "") for c in name).capitalize()


_KINDS_EN = {"街道": "Subdistrict", "镇": "Town", "乡": "Township", "社区": "Community", "村": "Village"}


def place_in_english(name: str) -> str:
    """A demo township's or village's name in English, such as “Qingshan Village”; empty where it is none of them."""
    ending = next((k for k in _KINDS_EN if name.endswith(k)), "")
    said = TOWNSHIPS_EN.get(name) or in_english(name.removesuffix(ending))
    return f"{said} {_KINDS_EN[ending]}" if said and ending else ""


def village_names(count: int) -> list[str]:
    """Village names without repetition."""
    names = [a + b for b in _SECOND for a in _FIRST]
    return names[:count]


@dataclass(frozen=True, slots=True)
class CastMember:
    """A person of the demo one can sign in as."""

    login: str
    name: str
    role: str
    organ: str
    post: str
    grants: tuple[tuple[str, str, str], ...]
    """(role, area, organ code); `{grid}` stands for a grid of 青石镇, `{village}` for its village."""


_TOWN = COUNTY + "100"

CAST: tuple[CastMember, ...] = (
    CastMember("wangge", "王小格", "网格员 grid worker", "{village}", "网格员", (("grid_worker", "{village}", ""),)),
    CastMember(
        "lizhang", "李网长", "网格长、村干部（两个角色） grid leader and village officer", "{village}", "网格长",
        (("grid_leader", "{village}", ""), ("village_officer", "{village}", "")),
    ),
    CastMember("chenshou", "陈受理", "受理员 intake clerk", "command", "受理员", (("command_clerk", COUNTY, ""),)),
    CastMember("zhoupai", "周派遣", "派遣员 dispatcher", "command", "派遣员", (("command_dispatcher", COUNTY, ""),)),
    CastMember("wuzhi", "吴值班", "值班长 command chief", "command", "值班长", (("command_chief", COUNTY, ""),)),
    CastMember("daping", "指挥大屏", "指挥大屏 command wall", "command", "指挥大屏", (("wall_screen", COUNTY, ""),)),
    CastMember("zhengfa", "郑处置", "处置员（执法局） department handler", "urban", "处置员", (("department_handler", COUNTY, "urban"),)),
    CastMember("yanzhifa", "严执法", "执法人员 enforcement officer", _TOWN, "综合执法队员", (("enforcement_officer", _TOWN, ""),)),
    CastMember("sunshui", "孙水利", "处置员（水利局） department handler", "water", "处置员", (("department_handler", COUNTY, "water"),)),
    CastMember("zhaozhen", "赵镇长", "镇长 township leader", _TOWN, "镇长", (("township_leader", _TOWN, ""), ("service_head", _TOWN, ""))),
    CastMember("hemin", "何民政", "部门负责人（民政局） head of department", "civil", "局长", (("department_head", COUNTY, "civil"), ("county_approver", COUNTY, "civil"))),
    CastMember("bainongye", "白农业", "县级审批（农业农村局） county approver", "farm", "科员", (("county_approver", COUNTY, "farm"),)),
    CastMember("shiziran", "石自然", "县级审批（资源规划局） county approver", "resources", "科员", (("county_approver", COUNTY, "resources"),)),
    CastMember("louzhujian", "楼住建", "县级审批（住房建设局） county approver", "housing", "科员", (("county_approver", COUNTY, "housing"),)),
    CastMember(
        "weipaizhu", "魏派驻", "县级审批（其他八局派驻） county approver, eight bureaus", "labour", "科员",
        tuple(("county_approver", COUNTY, o) for o in ("labour", "medical", "police", "health", "water", "emergency", "establishment", "culture")),
    ),
    CastMember("qiuchuang", "邱窗口", "综合窗口人员 window clerk", _TOWN, "综合窗口", (("window_clerk", _TOWN, ""),)),
    CastMember("shenyi", "申一审", "审查人员 reviewer", _TOWN, "审查岗", (("service_reviewer", _TOWN, ""),)),
    CastMember("geer", "葛二审", "第二审查人员 second reviewer", _TOWN, "审查岗", (("service_reviewer", _TOWN, ""),)),
    CastMember("shenbian", "沈编办", "编办经办人 establishment officer", "establishment", "科员", (("establishment_officer", COUNTY, ""),)),
    CastMember("lubianmu", "陆编目", "事项编目员 catalogue officer", "command", "科员", (("catalogue_officer", COUNTY, ""),)),
    CastMember("zhangyin", "章印管", "印章管理员 keeper of seals", "command", "机要科员", (("seal_manager", COUNTY, ""),)),
    CastMember("linxian", "林县长", "县级分管领导 county leader", "command", "县领导", (("county_leader", COUNTY, ""),)),
    CastMember("fukaohe", "傅考核", "考核复核员 assessment reviewer", "command", "考核复核员", (("assessment_reviewer", COUNTY, ""),)),
    CastMember("songchuang", "宋窗口", "综合窗口人员 window clerk", _TOWN, "窗口人员", (("window_clerk", _TOWN, ""),)),
    CastMember("jiangting", "江大厅", "大厅负责人 hall manager", _TOWN, "大厅负责人", (("hall_manager", _TOWN, ""),)),
    CastMember("jiaohao", "大厅屏幕", "大厅屏幕 hall screen", _TOWN, "大厅屏幕", (("hall_screen", _TOWN, ""),)),
    CastMember("xudaiban", "许代办", "村级代办员 village agent", "{village}", "代办员", (("village_agent", "{village}", ""),)),
    CastMember("liangcaigou", "梁采购", "购买服务经办人 purchasing officer", _TOWN, "购买服务经办人", (("purchasing_officer", _TOWN, ""),)),
    CastMember("tanyanshou", "谭验收", "服务验收员 acceptance officer", _TOWN, "服务验收员", (("service_checker", _TOWN, ""),)),
    CastMember("kongfukuan", "孔付款", "付款人员 paymaster", _TOWN, "付款人员", (("paymaster", _TOWN, ""),)),
    CastMember("qianxitong", "钱系统", "系统管理员 system administrator", "command", "系统管理员", (("system_admin", COUNTY, ""),)),
    CastMember("fenganquan", "冯安全", "安全管理员 security administrator", "command", "安全管理员", (("security_admin", COUNTY, ""),)),
    CastMember("chushenji", "褚审计", "审计管理员 audit administrator", "command", "审计管理员", (("audit_admin", COUNTY, ""),)),
)  # fmt: skip
