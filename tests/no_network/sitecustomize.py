"""Python runs this at its start where the folder is on its path: connections off this machine are refused."""

import ipaddress
import os
import sys

ASKS_FOR_A_HOST = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
SENDS_TO_AN_ADDRESS = ("socket.connect", "socket.sendto", "socket.sendmsg")


def _on_this_machine(host):
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host)
    except ValueError:
        return False  # a name: to look it up would already be a question to the network
    return address.is_loopback or address.is_unspecified


def _refuse(event, arguments):
    if event in ASKS_FOR_A_HOST:
        host = arguments[0]
    elif event in SENDS_TO_AN_ADDRESS and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return  # another event, or a socket that is a file of this machine
    if not _on_this_machine(host):
        with open(os.environ["ZOO_NETWORK_ATTEMPTS"], "a") as log:
            log.write(f"{event} {host}\n")
        raise OSError(f"no network in the tests: {event} to {host}")


if "ZOO_NETWORK_ATTEMPTS" in os.environ:
    sys.addaudithook(_refuse)
