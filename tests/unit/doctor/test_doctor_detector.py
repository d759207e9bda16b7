"""The detector under examination: whole, damaged, computed elsewhere, and blind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from smilecascade.bundle import SHIPPED
from smilecascade.doctor import Finding, examine, machine
from smilecascade.doctor import detector as doctor
from smilecascade.images import save


def told(path: Path | None = None) -> dict[str, Finding]:
    return {finding.what: finding for finding in doctor.examine(path)}


def test_the_shipped_bundle_is_well() -> None:
    findings = told()
    assert {what: finding.state for what, finding in findings.items()} == {
        "bundle": "well",
        "provider": "well",
        "self-test": "well",
    }
    assert findings["provider"].found == "CPUExecutionProvider"
    assert findings["self-test"].found.startswith("the face is found, score ")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped bundle, to be damaged."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "copy"))


def test_damaged_weights_are_named_and_nothing_is_run_with_them(copy: Path) -> None:
    data = bytearray((copy / "level2.onnx").read_bytes())
    data[1000] ^= 1
    (copy / "level2.onnx").write_bytes(data)
    (bundle,) = told(copy).values()
    assert (bundle.state, bundle.mend) == ("wrong", "install or fetch the bundle again")
    assert bundle.found == f"{copy / 'level2.onnx'}: was altered (its sha256 differs)"


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "level3.onnx").unlink()
    assert told(copy)["bundle"].found == f"{copy / 'level3.onnx'}: No such file or directory"


def test_a_folder_without_a_bundle(tmp_path: Path) -> None:
    bundle = told(tmp_path)["bundle"]
    assert (bundle.state, bundle.mend) == ("wrong", "give its folder")


class Elsewhere(onnxruntime.InferenceSession):
    """A session that computes on something else than was asked for, as ONNX Runtime can."""

    def get_providers(self) -> list[str]:
        return ["AzureExecutionProvider", "CPUExecutionProvider"]


def test_another_provider_than_was_asked_for_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnxruntime, "InferenceSession", Elsewhere)
    provider = told()["provider"]
    assert provider.state == "wrong"
    assert provider.found == (
        "CPUExecutionProvider was asked for, AzureExecutionProvider, CPUExecutionProvider computes"
    )
    assert "onnxruntime" in provider.mend


def test_a_detector_that_finds_no_face_fails_the_self_test(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    save(np.full((120, 120, 3), 128, np.uint8), tmp_path / "grey.png")
    monkeypatch.setattr(doctor, "PHOTO", tmp_path / "grey.png")
    test = told()["self-test"]
    assert (test.state, test.found) == ("wrong", "0 faces are found in a photo of one")


def test_a_face_in_a_wrong_place_fails_the_self_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "FACE", (0, 0, 40, 50))
    test = told()["self-test"]
    assert (test.state, test.found[:-4]) == ("wrong", "the face is found in a wrong place, IoU ")


def test_whatever_is_raised_becomes_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no kernel\nfor this processor")

    monkeypatch.setattr(onnxruntime, "InferenceSession", broken)
    findings = told()
    assert findings["provider"].state == findings["self-test"].state == "wrong"
    assert findings["self-test"].found == "RuntimeError: no kernel for this processor"


def test_a_broken_onnx_runtime_is_told_by_a_command_that_still_starts(tmp_path: Path) -> None:
    (tmp_path / "onnxruntime.py").write_text("raise ImportError('DLL load failed')")
    path = os.pathsep.join([str(tmp_path), str(SHIPPED.parents[1])])
    command = [sys.executable, "-m", "smilecascade", "doctor"]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert "! provider" in done.stdout
    assert "ImportError: DLL load failed" in done.stdout
    assert "pip install --force-reinstall onnxruntime" in done.stdout


def test_a_system_that_does_not_tell_its_instruction_sets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(machine, "CPU_INFO", tmp_path / "missing")
    (processor,) = (finding for finding in machine.examine() if finding.what == "processor")
    assert " cores, " in processor.found
    assert "with" not in processor.found


def test_instruction_sets_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("flags : fpu avx2 fma sse4_1\n")
    monkeypatch.setattr(machine, "CPU_INFO", tmp_path / "cpuinfo")
    (processor,) = (finding for finding in machine.examine() if finding.what == "processor")
    assert processor.found.endswith("with sse4_1 fma avx2")


def test_everything_is_looked_at_in_one_go(tmp_path: Path) -> None:
    names = [finding.what for finding in examine(tmp_path)]
    assert names[:2] == ["python", "smilecascade"]
    assert names[-3:] == ["system", "processor", "bundle"]
