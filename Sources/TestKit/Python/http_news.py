"""A room over HTTP as many backends have it: POST says, server-sent events or long polls hear."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

rooms, news = {}, threading.Condition()


class Room(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self, status, body=b"", **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) > 1000:
            return self.answer(413, b"at most 1000 bytes")
        if "session=" not in self.headers.get("Cookie", ""):
            return self.answer(200, b"hello", **{"Set-Cookie": "session=1; Path=/"})
        with news:
            rooms.setdefault(self.path, []).append(body)
            news.notify_all()
        self.answer(201, str(len(rooms[self.path])).encode())

    def do_GET(self):
        how, _, room = self.path[1:].partition("/")
        if how == "events":
            return self.stream("/" + room)
        if how != "poll":
            return self.answer(404, b"no such place")
        seen = int(self.headers.get("If-None-Match", "0"))
        with news:
            there = news.wait_for(lambda: len(rooms.get("/" + room, [])) > seen, timeout=1)
            body = rooms["/" + room][seen] if there else b""
        self.answer(200 if there else 304, body, ETag=str(seen + 1 if there else seen))

    def chunk(self, text):
        # In two writes, so that a chunk comes in pieces.
        self.wfile.write(b"%x\r\n" % len(text) + text[:3])
        self.wfile.flush()
        self.wfile.write(text[3:] + b"\r\n")
        self.wfile.flush()

    def stream(self, room):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.chunk("\ufeff: hi\n\n".encode())
        seen = 0
        while True:
            with news:
                news.wait_for(lambda: len(rooms.get(room, [])) > seen)
                fresh = rooms[room][seen:]
            for body in fresh:
                seen += 1
                lines = b"".join(b"data: %s\r\n" % line for line in body.split(b"\n"))
                self.chunk(b"id: %d\r\n" % seen + lines + b"\r\n")
                if body == b"bye":
                    self.close_connection = True
                    return self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Room)
server.daemon_threads = True
print("ready", server.server_address[1], flush=True)
server.serve_forever()
