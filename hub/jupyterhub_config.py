"""JupyterHub for a class on one machine: each learner has a server and copies of the lessons of their own.

    pip install jupyterhub && npm install -g configurable-http-proxy
    ZOO_CLASS=/srv/zoo jupyterhub -f hub/jupyterhub_config.py

As it stands it is for a trial on one machine: it listens on this machine alone, anyone may log in under any
name, and all servers belong to whoever starts the hub. The two lines marked "trial" are what a real class
replaces; INSTRUCTOR.md says by what.
"""

import os
import sys
from pathlib import Path

from zoo_helpers import commands
from zoo_helpers.commands import copies

CLASS = Path(os.environ["ZOO_CLASS"]).resolve()  # a folder for each learner comes in here
PORT = os.environ.get("ZOO_PORT", "8000")

c = get_config()  # noqa: F821  (JupyterHub's loader defines it)
c.JupyterHub.authenticator_class = "dummy"  # trial: NativeAuthenticator, or your school's by OAuth or LTI
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"  # trial: SystemdSpawner or DockerSpawner, which hold the limits below
c.SimpleLocalProcessSpawner.home_dir_template = str(CLASS / "{username}")

c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{os.environ.get('ZOO_HUB_PORT', '8081')}"
c.JupyterHub.db_url = f"sqlite:///{CLASS / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(CLASS / "cookie_secret")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ.get('ZOO_PROXY_PORT', '8001')}"
c.ConfigurableHTTPProxy.pid_file = str(CLASS / "proxy.pid")

c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.default_url = "/lab/tree/00_welcome.ipynb"
c.Spawner.args = [f"--config={Path(commands.__file__).with_name('lab_config.py')}", "--allow-root"]
c.Spawner.mem_limit = "3G"  # no lesson needs more
c.Spawner.cpu_limit = 2
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
# A class starts at the same minute: a few servers at a time come up sooner than all at once.
c.JupyterHub.concurrent_spawn_limit = 4


def bring_lessons(spawner):
    """Put a learner's own copies of the lessons into their folder, and bring them up to date."""
    copies.update(CLASS / spawner.user.name)


c.Spawner.pre_spawn_hook = bring_lessons
# A kernel that nobody uses for an hour gives its memory back.
c.Spawner.args += [
    "--MappingKernelManager.cull_idle_timeout=3600",
    "--MappingKernelManager.cull_interval=300",
]
