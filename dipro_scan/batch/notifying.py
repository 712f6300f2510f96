"""Telling systemd how a service stands (sd_notify(3)); without systemd nothing happens."""

from __future__ import annotations

import logging
import os
import socket

log = logging.getLogger(__name__)


def notify_supervisor(message: str) -> None:
    """Sends `READY=1` and the like to the socket that `$NOTIFY_SOCKET` names, if any."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    # A leading @ stands for the abstract name space, whose names begin with a zero byte.
    place = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.connect(place)
            channel.sendall(message.encode())
    except OSError as error:
        log.info("the supervisor cannot be told: %s", type(error).__name__)
