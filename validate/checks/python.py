"""Python: recent enough, and a virtual environment that a package is installed into."""

__all__ = ["PYTHON"]

import json
import zipfile

from validate.check import Check, Workbench
from validate.outcome import CheckFailedError

_OLDEST = (3, 11)
_SAID = "Hello from a wheel"
_WHEEL = {
    "greeting.py": f'print("{_SAID}")\n',
    "greeting-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n",
    "greeting-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "greeting-1.0.dist-info/RECORD": "greeting.py,,\n",
}


def _make_venv(bench: Workbench) -> str:
    told = bench.run("python3", "-c", "import json, sys; print(json.dumps(sys.version_info[:3]))").stdout
    version = tuple(json.loads(told))
    shown = ".".join(str(part) for part in version)
    if version[:2] < _OLDEST:
        raise CheckFailedError(f"python3 is {shown}, older than {'.'.join(str(part) for part in _OLDEST)}.")
    wheel = bench.folder / "greeting-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in _WHEEL.items():
            archive.writestr(name, text)
    bench.run("python3", "-m", "venv", "venv")
    python = str(bench.folder / "venv" / "bin" / "python")
    bench.run(python, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", str(wheel))
    said = bench.run(python, "-c", "import greeting").stdout.strip()
    if said != _SAID:
        raise CheckFailedError(f"The package installed into the environment printed '{said}', not '{_SAID}'.")
    return f"Python {shown} made a virtual environment, and pip installed a package into it."


PYTHON = Check("python", "virtual environment with a package", _make_venv, tools=("python",), seconds=120)
