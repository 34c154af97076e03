"""What may be permitted around grids and incidents."""

from collections.abc import Mapping
from enum import StrEnum

from yimen.kernel.words import Text


class GridPermission(StrEnum):
    """The permissions of this field."""

    REPORT = "incident.report"
    READ = "incident.read"
    REGISTER = "incident.register"
    DISPATCH = "incident.dispatch"
    HANDLE = "incident.handle"
    CHECK = "incident.check"
    CLOSE = "incident.close"
    MERGE = "incident.merge"
    SUPERVISE = "incident.supervise"
    WALL = "incident.wall"
    CLASSES_MANAGE = "classes.manage"
    IMPORT = "incident.import"


GRID_WORDS: Mapping[GridPermission, Text] = {
    GridPermission.REPORT: Text("上报事件", "Report incidents"),
    GridPermission.READ: Text("查看事件", "See incidents"),
    GridPermission.REGISTER: Text("登记立案", "Register incidents"),
    GridPermission.DISPATCH: Text("派遣", "Dispatch incidents"),
    GridPermission.HANDLE: Text("处置", "Handle incidents"),
    GridPermission.CHECK: Text("核查处置结果", "Check what was done"),
    GridPermission.CLOSE: Text("结案和更正", "Close incidents and correct closings"),
    GridPermission.MERGE: Text("合并重复事件", "Merge duplicate incidents"),
    GridPermission.SUPERVISE: Text("督办", "Press for progress"),
    GridPermission.WALL: Text("观看指挥大屏", "Watch the command centre's wall"),
    GridPermission.CLASSES_MANAGE: Text("维护事件分类和派遣规则", "Maintain incident classes and duty rules"),
    GridPermission.IMPORT: Text("从其他系统成批导入事件", "Import incidents from another system"),
}
