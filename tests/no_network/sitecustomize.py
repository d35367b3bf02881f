"""Python runs this at start-up when the folder is on its path: connections off this machine fail, and are noted."""

import ipaddress
import os
import sys


def _on_this_machine(host):
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False  # a name: to look it up would already be a question to the network


def _refuse(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not _on_this_machine(host):
        with open(os.environ["ZOO_NETWORK_ATTEMPTS"], "a") as log:
            log.write(f"{event} {host}\n")
        raise OSError(f"no network in the tests: {event} to {host}")


if "ZOO_NETWORK_ATTEMPTS" in os.environ:
    sys.addaudithook(_refuse)
