"""A receiver of webhooks that behaves as the test wants."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Webhook:
    """with Webhook() as w: w.url("/x"); w.seen: [(path, headers, body)]. Paths that behave badly: /status/N,
    /redirect?TO, /long, /hang (until the end), /drip (a byte now and then)."""

    def __init__(self):
        self.seen = []
        self.arrived = threading.Condition()
        self.ending = threading.Event()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with hook.arrived:
                    hook.seen.append((self.path, dict(self.headers), body))
                    hook.arrived.notify_all()
                hook.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.server.shutdown()
        self.server.server_close()

    def url(self, path, host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    def wait_for(self, n, within=5):
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.seen) >= n, within)

    def answer(self, h):
        kind, _, what = h.path.strip("/").partition("/")
        if kind == "hang":
            self.ending.wait(60)
            return
        if kind == "drip":
            h.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not self.ending.wait(0.2):
                try:
                    h.wfile.write(b".")
                except OSError:
                    return
            return
        status, body, headers = 200, b'{"ok": true}', {}
        if kind == "status":
            status, body = int(what), f"answer {what}".encode()
        elif kind.startswith("redirect?"):
            status, body, headers = 302, b"", {"Location": h.path.partition("?")[2]}
        elif kind == "long":
            body = "ä".encode() * 1_000_000
        h.send_response(status)
        for name, value in headers.items():
            h.send_header(name, value)
        h.send_header("Content-Length", str(len(body)))
        h.end_headers()
        try:
            h.wfile.write(body)
        except OSError:
            pass
