from config import system


def test_all_that_is_missing_is_named(monkeypatch, capsys):
    monkeypatch.setattr(system, "_loads", lambda library: "harfbuzz" not in library)
    monkeypatch.setattr(system.shutil, "which", lambda _name: None)
    monkeypatch.setattr(system, "_playwright_browser", lambda: False)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(system, "install", lambda _packages: False)
    assert system.main("test") == 1
    shown = capsys.readouterr().err
    assert "sudo apt-get install libharfbuzz-subset0 gettext chromium" in shown


def test_demo_needs_no_browser(monkeypatch):
    monkeypatch.setattr(system, "_loads", lambda _library: True)
    monkeypatch.setattr(system.shutil, "which", lambda _name: None)
    assert system.missing_packages("demo") == []


def test_nothing_is_installed_for_an_ordinary_user(monkeypatch):
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system.subprocess, "run", lambda *_arguments, **_options: 1 / 0)
    assert not system.install(["chromium"])
