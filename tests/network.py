"""A wire between a browser and a server that can be cut: a browser's own "offline" leaves open sockets alone."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit


class Wire:
    """Passes bytes on to a server, until it is cut; what was open then is closed, and nothing new gets through."""

    def __init__(self, base_url: str) -> None:
        """Begin to listen for what should go to the server at ``base_url``."""
        self._to = ("127.0.0.1", urlsplit(base_url).port)
        self._open: set[socket.socket] = set()
        self._whole = True
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://localhost:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Cut the wire."""
        self._whole = False
        for one in tuple(self._open):
            self._end(one)

    def mend(self) -> None:
        """Let everything through again."""
        self._whole = True

    def close(self) -> None:
        """Take the wire away."""
        self.cut()
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                near, _address = self._listening.accept()
                self._connect(near)

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._to) if self._whole else None
        except OSError:  # the server is not there
            far = None
        if far is None:
            near.close()
            return
        self._open |= {near, far}
        for here, there in ((near, far), (far, near)):
            threading.Thread(target=self._pass_on, args=(here, there), daemon=True).start()

    def _pass_on(self, here: socket.socket, there: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while some := here.recv(65536):
                there.sendall(some)
        self._end(here)
        self._end(there)

    def _end(self, one: socket.socket) -> None:
        self._open.discard(one)
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
