"""JupyterLab's settings for `lab`: it opens on the welcome, asks nothing of the network, says little."""

from pathlib import Path

import zmq

c = get_config()  # noqa: F821  (JupyterLab's loader defines it)
c.LabApp.default_url = "/lab/tree/00_welcome.ipynb"  # so the printed address leads there too
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"  # the other one asks PyPI
c.LabApp.app_settings_dir = str(Path(__file__).with_name("lab_settings"))  # no question about news either
c.ServerApp.use_redirect_file = False  # browsers from Snap, or outside WSL, cannot read the file
c.ServerApp.tornado_settings = {"websocket_max_message_size": 200 * 2**20}  # a photograph of more than 10 MiB
c.Application.log_level = "ERROR"  # the address is printed at any level
if zmq.has("curve"):
    c.KernelManager.transport_encryption = "auto"  # without it every kernel warns of eavesdroppers
