"""Where Kamailio's embedded Python comes from, and what lives how long in its processes."""

import subprocess
import time
from pathlib import Path

import pytest

from tests.contrib.careless_hooks import WAIT, careless, errors, is_kamailio_5_6, notes
from tests.contrib.kamailio_in_process import in_process, register_once
from tests.registrar_plugin.registrations import eventually

_SYSTEM_PYTHON = "/usr/bin/python3"
"""Which Debian's Kamailio is linked with."""
_TICKS_IN_A_SECOND = 100
_TICKER = """\
import threading
ticks = 0


def tick():
    global ticks
    while True:
        time.sleep(0.01)
        ticks += 1
"""


def of_the_system(expression: str) -> str:
    """What the system's own Python says to this."""
    command = [_SYSTEM_PYTHON, "-c", f"import sys; print({expression})"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def library_folder() -> str:
    """``python3.11``, where the system's is that."""
    return of_the_system("'python%d.%d' % sys.version_info[:2]")


def packages_of(environment: Path) -> Path:
    """A virtual environment's folder of packages, with one package in it."""
    folder = environment / "lib" / library_folder() / "site-packages"
    folder.mkdir(parents=True)
    (folder / "only_in_the_environment.py").touch()
    return folder


def test_it_is_the_systems_python_whatever_ours_is(tmp_path: Path) -> None:
    body = "note('version', ' '.join(sys.version.split()))\nreturn 1"
    with in_process(careless(tmp_path, body, head="import sys")) as pbx:
        register_once(pbx, "phone")
        pbx.wait_until_it_answers()
    assert notes(tmp_path, "version") == [of_the_system("' '.join(sys.version.split())")]


def test_a_virtual_environment_is_not_seen_and_kamailio_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages_of(tmp_path / "venv")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "venv"))
    hook = careless(tmp_path, "return 1", head="import only_in_the_environment")
    with pytest.raises(RuntimeError, match="No module named 'only_in_the_environment'"), in_process(hook):
        pass


def test_a_virtual_environments_packages_are_seen_once_the_hook_adds_them(tmp_path: Path) -> None:
    folder = packages_of(tmp_path / "venv")
    head = f"import site\nsite.addsitedir({str(folder)!r})\nimport only_in_the_environment"
    with in_process(careless(tmp_path, "return 1", head=head)) as pbx:
        register_once(pbx, "phone")
        assert eventually(lambda: len(notes(tmp_path)) == 1)


def test_a_virtual_environments_packages_are_seen_once_kamailios_own_environment_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(packages_of(tmp_path / "venv")))
    with in_process(careless(tmp_path, "return 1", head="import only_in_the_environment")) as pbx:
        register_once(pbx, "phone")
        assert eventually(lambda: len(notes(tmp_path)) == 1)


def test_of_an_environment_that_stands_first_in_the_path_its_base_is_taken_for_the_standard_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, environment, library = tmp_path / "base", tmp_path / "venv", library_folder()
    (base / "bin").mkdir(parents=True)
    (base / "lib").mkdir()
    (base / "lib" / library).symlink_to(f"/usr/lib/{library}")
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python3").symlink_to(_SYSTEM_PYTHON)
    (environment / "pyvenv.cfg").write_text(f"home = {base / 'bin'}\n", "utf-8")
    monkeypatch.setenv("PATH", f"{environment / 'bin'}:/usr/sbin:/usr/bin:/bin")
    with in_process(careless(tmp_path, "note('library', os.__file__)\nreturn 1")) as pbx:
        register_once(pbx, "phone")
        pbx.wait_until_it_answers()
    assert notes(tmp_path, "library") == [str(base / "lib" / library / "os.py")]


def test_the_script_is_imported_once_and_each_process_has_a_state_of_its_own(tmp_path: Path) -> None:
    body = f"global calls\ncalls += 1\nnote('state', f'{{os.getpid()}} {{calls}}')\n{WAIT}\nreturn 1"
    head = "calls = 0\nwith open(os.path.join(_FOLDER, 'imports'), 'a') as imports: print(os.getpid(), file=imports)"
    hook = careless(tmp_path, body, head=head, child_init="note('begun', f'{os.getpid()} {rank}')")
    with in_process(hook, workers=2) as pbx:
        for number in (1, 2):
            register_once(pbx, f"phone-{number}")
            assert eventually(lambda: len(notes(tmp_path, "state")) == number)  # noqa: B023 - within this round
        (tmp_path / "go").touch()
        assert notes(tmp_path, "imports") == [str(pbx.process_id)]
        begun = dict(line.split() for line in notes(tmp_path, "begun"))
    states = dict(line.split() for line in notes(tmp_path, "state"))
    assert list(states.values()) == ["1", "1"]
    assert {begun[process] for process in states} == {"1", "2"}


def test_a_thread_in_a_worker_does_not_run_between_calls(tmp_path: Path) -> None:
    if not is_kamailio_5_6():
        pytest.skip("measured with 5.6")
    body = (
        "if not ticks: threading.Thread(target=tick, daemon=True).start()\n"
        "note('ticks', str(ticks))\ntime.sleep(0 if ticks else 0.2)\nreturn 1"
    )
    with in_process(careless(tmp_path, body, head=_TICKER)) as pbx:
        register_once(pbx, "starts-the-thread")
        assert eventually(lambda: len(notes(tmp_path, "ticks")) == 1)
        pbx.wait_until_it_answers()
        time.sleep(1)
        register_once(pbx, "counts")
        assert eventually(lambda: len(notes(tmp_path, "ticks")) == 2)
    assert 0 < int(notes(tmp_path, "ticks")[1]) < _TICKS_IN_A_SECOND / 2


def test_a_reload_takes_the_new_script_and_one_with_a_syntax_error_leaves_the_old(tmp_path: Path) -> None:
    def writes(word: str) -> None:
        careless(tmp_path, f"note('said', {word!r})\nreturn 1")

    hook = careless(tmp_path, "note('said', 'old')\nreturn 1")
    with in_process(hook) as pbx:

        def said_after_reload() -> str:
            pbx.call("app_python.reload")
            count = len(notes(tmp_path))
            register_once(pbx, f"phone-{count}")
            assert eventually(lambda: len(notes(tmp_path, "said")) == count + 1)
            return notes(tmp_path, "said")[-1]

        writes("new")
        assert said_after_reload() == "new"
        hook.write_text("def mod_init(:\n", "ascii")
        assert said_after_reload() == "new"
        assert "app_python3" in errors(pbx)
        writes("newest")
        assert said_after_reload() == "newest"
