"""The hub's two configurations: a trial on this machine alone, and the values of JupyterHub's own chart."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from traitlets.config import Config

from zoo_helpers.commands.lessons import lessons

HUB = Path(__file__).parents[1] / "hub"


@pytest.fixture
def trial(tmp_path, monkeypatch):
    """The trial's settings, and what its file defines."""
    config = Config()
    monkeypatch.setenv("ZOO_CLASS", str(tmp_path))
    defined = runpy.run_path(str(HUB / "jupyterhub_config.py"), init_globals={"get_config": lambda: config})
    return config, defined


def test_the_trial_listens_on_this_machine_alone(trial):
    config, _ = trial
    addresses = [
        config.JupyterHub.bind_url,
        config.JupyterHub.hub_bind_url,
        config.ConfigurableHTTPProxy.api_url,
    ]
    assert all(address.startswith("http://127.0.0.1:") for address in addresses)


def test_each_learner_gets_copies_of_their_own(trial, tmp_path):
    config, defined = trial
    assert config.Spawner.pre_spawn_hook is defined["bring_lessons"]
    for name in ("kim", "lee"):
        defined["bring_lessons"](SimpleNamespace(user=SimpleNamespace(name=name)))
        assert {path.name for path in (tmp_path / name).glob("*.ipynb")} == {path.name for path in lessons()}
        assert config.SimpleLocalProcessSpawner.home_dir_template.format(username=name) == str(
            tmp_path / name
        )
    assert (tmp_path / "kim" / Path(config.Spawner.default_url).name).is_file()


def test_the_chart_gets_the_same_class(trial):
    config, _ = trial
    values = yaml.safe_load((HUB / "values.yaml").read_text(encoding="utf-8"))
    of_a_learner = values["singleuser"]
    assert of_a_learner["memory"]["limit"] == config.Spawner.mem_limit
    assert of_a_learner["cpu"]["limit"] == config.Spawner.cpu_limit
    assert Path(of_a_learner["defaultUrl"]).name == Path(config.Spawner.default_url).name
    assert f"--MappingKernelManager.cull_idle_timeout={values['cull']['timeout']}" in config.Spawner.args
    authenticator = values["hub"]["config"]["JupyterHub"]["authenticator_class"]
    assert authenticator != config.JupyterHub.authenticator_class == "dummy"


def test_the_chart_makes_the_copies_that_the_first_page_is_one_of(tmp_path, monkeypatch):
    values = yaml.safe_load((HUB / "values.yaml").read_text(encoding="utf-8"))
    python, option, code = values["singleuser"]["lifecycleHooks"]["postStart"]["exec"]["command"]
    assert (python, option) == ("python", "-c")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    exec(compile(code, "values.yaml", "exec"), {})
    assert (tmp_path / values["singleuser"]["defaultUrl"].removeprefix("/lab/tree/")).is_file()
