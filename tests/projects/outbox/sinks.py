"""Servers that take what the house sends, or behave as badly as real ones: threads of the test process."""

import json
import socket
import threading
import time
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Robot:
    """A WeCom group robot. `behaviour`: ok, wrong_key (200, errcode), nonsense, http_500, hang, close, redirect."""

    def __init__(self):
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                sink.answer(self)

            def log_message(self, *_words):
                pass

        self.behaviour, self.taken, self.asked = "ok", [], []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, handler):
        text = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))["text"]["content"]
        self.asked.append(handler.path)
        if self.behaviour == "hang":
            time.sleep(1)
        if self.behaviour == "close":
            return handler.connection.shutdown(socket.SHUT_RDWR)
        status = {"http_500": 500, "redirect": 302}.get(self.behaviour, 200)
        body = {"wrong_key": b'{"errcode": 93000}', "nonsense": b"<html>"}.get(self.behaviour, b'{"errcode": 0}')
        if status == 200 and body == b'{"errcode": 0}':
            self.taken.append(text)  # also by one that answers too late
        handler.send_response(status)
        handler.send_header("Location", "/elsewhere")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Mail:
    """A mail server of a few lines. `behaviour`: ok, refuse, hang, close."""

    def __init__(self):
        self.behaviour, self.taken = "ok", []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp+plain://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _address = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line):
        with line, line.makefile("rwb") as stream:
            if self.behaviour == "close":
                return
            if self.behaviour == "hang":
                time.sleep(1)
                return
            self._say(stream, "220 sink")
            while words := stream.readline():
                verb = words[:4].upper()
                if verb == b"RCPT" and self.behaviour == "refuse":
                    self._say(stream, "550 nobody of that name")
                elif verb == b"DATA":
                    self._say(stream, "354 go on")
                    self.taken.append(self._letter(stream))
                    self._say(stream, "250 taken")
                elif verb == b"QUIT":
                    return self._say(stream, "221 bye")
                else:
                    self._say(stream, "250 ok")

    def _letter(self, stream):
        lines = []
        while (row := stream.readline()) not in (b".\r\n", b""):
            lines.append(row.decode())
        return message_from_string("".join(lines), policy=policy.default)

    @staticmethod
    def _say(stream, words):
        stream.write(f"{words}\r\n".encode())
        stream.flush()

    def close(self):
        self.socket.close()
