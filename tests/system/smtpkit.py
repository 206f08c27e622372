"""An SMTP server that catches mail and behaves as the test wants."""
import base64
import contextlib
import re
import socketserver
import ssl
import threading
from email import message_from_bytes, policy
from typing import NamedTuple


class Mail(NamedTuple):
    sender: str
    to: list
    data: bytes  # as it came, with CRLF
    login: tuple  # (name, password) or None
    tls: bool

    @property
    def message(self):
        return message_from_bytes(self.data, policy=policy.default)

    @property
    def subject(self):
        return self.message["Subject"]

    @property
    def text(self):
        return self.message.get_content()


class Sink:
    """with Sink() as s: s.port, s.mails; s.wait_for(n).

    hang: no greeting at all. refuse: {address: reply line} for RCPT. login: (name, password) that is demanded.
    certificate: PEM file with key: STARTTLS is offered, or (implicit) TLS is spoken from the start.
    stop() and start(): the same port is closed and open again.
    """

    def __init__(self, hang=False, refuse=None, login=None, certificate=None, implicit=False):
        self.hang, self.refuse, self.login = hang, refuse or {}, login
        self.implicit, self.mails, self.connections = implicit, [], 0
        self.arrived = threading.Condition()
        self.ending = threading.Event()
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
        self.port = 0
        self.server = None
        self.start()

    def start(self):
        sink = self

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address, daemon_threads = True, True

            def handle_error(self, request, client_address):
                pass

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                with sink.arrived:
                    sink.connections += 1
                    sink.arrived.notify_all()
                with contextlib.suppress(OSError):
                    Dialogue(sink, self.request).run()

        self.ending.clear()
        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.ending.set()
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def wait_for(self, n, within=10):
        """True when n mails have come."""
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.mails) >= n, within)

    def wait_for_connection(self, n=1, within=10):
        with self.arrived:
            return self.arrived.wait_for(lambda: self.connections >= n, within)


class Dialogue:
    def __init__(self, sink, connection):
        self.sink, self.tls, self.user = sink, False, None
        self.use(connection)
        self.sender, self.to = None, []

    def use(self, connection):
        self.connection = connection
        self.lines = connection.makefile("rb")

    def secure(self):
        self.use(self.sink.context.wrap_socket(self.connection, server_side=True))
        self.tls = True

    def say(self, *lines):
        self.connection.sendall("".join(line + "\r\n" for line in lines).encode())

    def run(self):
        if self.sink.hang:
            self.sink.ending.wait(60)
            return
        if self.sink.implicit:
            self.secure()
        self.say("220 sink ESMTP")
        while True:
            line = self.lines.readline(2000)
            if not line:
                return
            verb, _, rest = line.decode().rstrip("\r\n").partition(" ")
            method = getattr(self, "on_" + verb.lower(), None)
            if method is None:
                self.say("500 what?")
            elif method(rest) is False:
                return

    def on_ehlo(self, _):
        more = ["STARTTLS"] if self.sink.context and not self.tls else []
        more += ["AUTH PLAIN"] if self.sink.login else []
        lines = ["sink", *more, "SIZE 1000000"]
        self.say(*(f"250-{x}" for x in lines[:-1]), f"250 {lines[-1]}")

    def on_starttls(self, _):
        self.say("220 go on")
        self.secure()

    def on_auth(self, rest):
        _, _, data = rest.partition(" ")
        if not data:
            self.say("334 ")
            data = self.lines.readline(2000).decode().strip()
        _, name, password = base64.b64decode(data).decode().split("\0")
        if (name, password) == tuple(self.sink.login):
            self.user = (name, password)
            self.say("235 welcome")
        else:
            self.say("535 5.7.8 wrong name or password")

    def on_mail(self, rest):
        if self.sink.login and not self.user:
            return self.say("530 5.7.0 log in first")
        self.sender, self.to = re.search(r"<(.*?)>", rest).group(1), []
        return self.say("250 fine")

    def on_rcpt(self, rest):
        address = re.search(r"<(.*?)>", rest).group(1)
        if address in self.sink.refuse:
            return self.say(self.sink.refuse[address])
        self.to.append(address)
        return self.say("250 fine")

    def on_data(self, _):
        self.say("354 go on")
        data = b""
        while (line := self.lines.readline(2000)) != b".\r\n":
            if not line:
                return False
            data += line[1:] if line.startswith(b".") else line
        with self.sink.arrived:
            self.sink.mails.append(Mail(self.sender, self.to, data, self.user, self.tls))
            self.sink.arrived.notify_all()
        self.say("250 kept")
        return None

    def on_quit(self, _):
        self.say("221 bye")
        return False
