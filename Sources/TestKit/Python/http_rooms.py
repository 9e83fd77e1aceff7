"""A server of rooms over HTTP, as http_adapter.py of the documentation wants it; prints its port."""
import json
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

rooms = {}  # room -> member -> messages that wait
changed = threading.Condition()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def work(self):
        url = urllib.parse.urlsplit(self.path)
        _, _, room, *rest = url.path.split("/")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with changed:
            members = rooms.setdefault(room, {})
            if self.command == "PUT":
                members[rest[1]] = []
                return self.answer(204)
            if self.command == "DELETE":
                members.pop(rest[1], None)
                changed.notify_all()
                return self.answer(204)
            if self.command == "POST":
                sender = urllib.parse.parse_qs(url.query)["from"][0]
                for member, waiting in members.items():
                    if member != sender:
                        waiting.append(json.loads(body))
                changed.notify_all()
                return self.answer(202)
            changed.wait_for(lambda: rest[1] not in members or members[rest[1]], timeout=20)
            if rest[1] not in members:
                return self.answer(404)
            messages, members[rest[1]] = members[rest[1]], []
        self.answer(200, json.dumps(messages).encode())

    do_PUT = do_DELETE = do_POST = do_GET = work

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
print("ready", server.server_port, flush=True)
server.serve_forever()
