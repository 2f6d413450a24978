"""Retention of generated files and sensitive exports."""

from portal.access.permissions import Permission as P
from portal.exports.models import MadeFile, MadeFilePart, Release, ReleasePart
from portal.retention.policies import Along, Kept, keep

_A_DAY = Along("生成一天后自动删除")
keep(Kept("导出和打印的文件", (MadeFile, MadeFilePart), "供经办人下载", _A_DAY))
keep(Kept("含完整号码的文件", (Release, ReleasePart), "供经办人下载", _A_DAY, right=P.PEOPLE_REVEAL))
