"""Drives pages of a headless Chromium over its DevTools protocol, and prints one JSON object of what came of it.

    browser_pages.py mesh SERVER BACKEND STRATEGY        three pages call one after another
    browser_pages.py glare SERVER BACKEND STRATEGY       three pages call at the same moment
    browser_pages.py agents SERVER ROOM SECONDS          two pages share a room with agents, for so long
    browser_pages.py sdk SERVER                          a page in the style of the seed, on milkcocoa.js alone
    browser_pages.py pictures SERVER FOLDER              the conference page, wide and narrow, light and dark
    browser_pages.py words SERVER                        what the page says of names, dead ends and missing media
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from websockets.sync.client import connect

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-default-apps", "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream", "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows", "--remote-debugging-port=0", "--remote-allow-origins=*", "--mute-audio",
    "--disable-features=WebRtcHideLocalIpsWithMdns", "--disable-dev-shm-usage",
]


class Browser:
    def __enter__(self):
        program = next((p for p in map(shutil.which, ["chromium", "chromium-browser"]) if p), None)
        if program is None:
            sys.exit("chromium is not installed")
        self.folder = tempfile.mkdtemp(prefix="browser-")
        self.process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self.folder}", "about:blank"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        file = os.path.join(self.folder, "DevToolsActivePort")
        self.port = int(until(lambda: os.path.exists(file) and open(file).read().split("\n")[0], 60))
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def page(self, address):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/json/new?{urllib.parse.quote(address, safe='')}", method="PUT")
        return Page(json.load(urllib.request.urlopen(request, timeout=60)))


class Page:
    def __init__(self, target):
        self.socket = connect(target["webSocketDebuggerUrl"], max_size=None)
        self.number = 0

    def ask(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv(timeout=60))
            if answer.get("id") == self.number:
                return answer.get("result", answer)

    def run(self, expression):
        answer = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:500])
        return answer["result"].get("value")

    def enter(self):
        """Waits for the room, and starts the video."""
        until(lambda: self.run("!!(window.signalbench && signalbench.isIn)"), 60)
        self.run("signalbench.start()")

    def report(self):
        return self.run("({id: signalbench.id, pairs: signalbench.pairs(), stats: signalbench.stats()})")


def until(condition, seconds, what="it"):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)


def quiet(pages, seconds=1.0, limit=40):
    """Waits until no page has sent or got anything for a while."""
    end = time.monotonic() + limit
    last, since = None, time.monotonic()
    while time.monotonic() < end:
        now = json.dumps([page.report() for page in pages])
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > seconds:
            return
        time.sleep(0.1)


def address(server, room, strategy, backend, more=""):
    return f"{server}?{room}&strategy={strategy}&backend={backend}{more}"


def connected(pages):
    return sum(pair["connectionState"] == "connected" for page in pages for pair in page.report()["pairs"])


def all_connected(pages):
    try:
        until(lambda: connected(pages) == 6, 60, "a connection of all three pairs")
    except TimeoutError as error:
        raise TimeoutError(f"{error}: {json.dumps([page.report() for page in pages])}") from None


def trio(server, backend, strategy, at_once):
    with Browser() as browser:
        pages = [browser.page(address(server, "trio", strategy, backend)) for _ in range(3)]
        for page in pages:
            page.enter()
        if at_once:
            # Each page calls by its own clock, at the same moment.
            due = time.time() * 1000 + 700
            for page in pages:
                page.run(f"void setTimeout(() => signalbench.call(), {due} - Date.now())")
            time.sleep(1)
            if strategy == "perfect":
                all_connected(pages)
            quiet(pages, seconds=3)
        else:
            for number, page in enumerate(pages):
                page.run("signalbench.call()")
                quiet(pages)
            all_connected(pages)
            quiet(pages)
        return {"pages": [page.report() for page in pages]}


def agents(server, room, seconds):
    with Browser() as browser:
        pages = [browser.page(address(server, room, "perfect", "baas", "&max=20")) for _ in range(2)]
        for page in pages:
            page.enter()
        print("ready", flush=True)
        end = time.monotonic() + float(seconds)
        while time.monotonic() < end:
            time.sleep(0.2)
        return {"pages": [page.report() for page in pages]}


SEED = """
(async () => {
  const wait = (make) => new Promise((resolve) => make(resolve));
  const found = {};
  const milkcocoa = new MilkCocoa(location.origin, () => { found.connected = true; });
  const anonymous = await wait((done) => milkcocoa.anonymous((err, user) => done([err, user])));
  found.anonymous = anonymous[0] === null && anonymous[1].id.length > 0;
  const store = milkcocoa.dataStore("/signaling//sdk/");
  found.path = store.getPath();
  const events = [];
  store.on("push", (event) => events.push(["push", event.value.n]));
  store.on("send", (event) => events.push(["send", event.value.n]));
  store.on("set", (event) => events.push(["set", event.id, event.value.n]));
  store.on("remove", (event) => events.push(["remove", event.id]));
  const pushed = await wait((done) => store.push({ n: 1 }, done));
  found.pushed = pushed.err === null && pushed.value.n === 1;
  await wait((done) => store.send({ n: 2 }, done));
  await wait((done) => store.set("mine", { n: 3 }, done));
  found.got = (await wait((done) => store.get("mine", done))).n;
  await wait((done) => store.remove("mine", done));
  found.gone = await wait((done) => store.get("mine", done));
  for (const n of [5, 6, 7]) { await wait((done) => store.push({ n }, done)); }
  found.query = (await wait((done) => store.query({}).limit(2).skip(1).desc().done(done))).map((one) => one.n);
  store.off("push");
  await wait((done) => store.push({ n: 8 }, done));
  found.events = events;
  found.family = [store.child("a/b").getPath(), store.parent().getPath(), store.root().getPath()];
  found.account = await wait((done) => milkcocoa.addAccount("a@b.c", "secret", { k: 1 }, (err, user) => done([err, user && user.email])));
  found.again = await wait((done) => milkcocoa.addAccount("a@b.c", "secret", {}, (err) => done(err)));
  found.wrong = await wait((done) => milkcocoa.login("a@b.c", "other", (err) => done(err)));
  found.login = await wait((done) => milkcocoa.login("a@b.c", "secret", (err, user) => done([err, user && user.email])));
  found.user = await wait((done) => milkcocoa.getCurrentUser((err, user) => done(user && user.email)));
  await wait((done) => milkcocoa.logout(done));
  found.after = await wait((done) => milkcocoa.getCurrentUser((err, user) => done(user)));
  // Listening survives the changes of user: each of them was a new connection.
  await wait((done) => store.send({ n: 9 }, done));
  await new Promise((resolve) => setTimeout(resolve, 300));
  found.last = events[events.length - 1];
  return found;
})()
"""


def sdk(server):
    with Browser() as browser:
        # Any page of the server; only its SDK is used.
        page = browser.page(address(server, "elsewhere", "seed", "baas"))
        until(lambda: page.run("typeof MilkCocoa === 'function' && document.readyState === 'complete'"), 60)
        return page.run(SEED)


def pictures(server, folder):
    found = []
    with Browser() as browser:
        for width in [1200, 400]:
            for scheme in ["light", "dark"]:
                room = f"picture-{width}-{scheme}"
                pages = [browser.page(address(server, room, "perfect", "baas")) for _ in range(3)]
                page = pages[0]
                page.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
                page.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                for one in pages:
                    one.enter()
                for one in pages:
                    one.run("signalbench.call()")
                    quiet(pages, seconds=0.5)
                all_connected(pages)
                page.ask("Page.bringToFront")
                data = base64.b64decode(page.ask("Page.captureScreenshot", format="png")["data"])
                with open(os.path.join(folder, f"conference-{width}-{scheme}.png"), "wb") as file:
                    file.write(data)
                found.append({
                    "width": width, "scheme": scheme, "bytes": len(data),
                    "overflow": page.run("document.documentElement.scrollWidth - innerWidth"),
                    "background": page.run("getComputedStyle(document.body).backgroundColor"),
                    "buttons": page.run(
                        "['start','call','hangup'].map((id) => { const r = document.getElementById(id).getBoundingClientRect();"
                        " return r.width > 40 && r.height >= 40 && r.right <= innerWidth && r.bottom <= innerHeight; })"),
                    "tiles": page.run("document.querySelectorAll('.tile').length"),
                    "ground": page.run("getComputedStyle(document.querySelector('tr.useful')).backgroundColor"),
                    "rows": page.run("document.querySelectorAll('#rows tr').length"),
                })
    return {"pictures": found}


def words(server):
    found = {}
    with Browser() as browser:

        def said(query, mark=None):
            """The page's notice, once it has one, or a mark of it."""
            page = browser.page(f"{server}?{query}")
            what = mark or "document.getElementById('notice').hidden ? '' : document.getElementById('notice').textContent"
            return until(lambda: page.run(f"document.readyState === 'complete' && window.signalbench && ({what})"), 60, query)

        room = "document.getElementById('room').textContent"
        for name in ["会議室 1", "a=b", "max=3", "50%", "a/b"]:
            found[name] = said(urllib.parse.quote(name, safe=""), f"signalbench.isIn && {room}")
        found["raw ="] = said("k=v", f"signalbench.isIn && {room}")
        for name, query in [
            ("backend", "r&backend=firebase"), ("other", "r&backend=socketio"), ("url", "r&url=nonsense"),
            ("nobody", "r&url=http://127.0.0.1:9"), ("long", "x" * 4100),
        ]:
            found[name] = said(query)
        page = browser.page(address(server, "ghosts", "seed", "baas", "&max=1"))
        page.enter()
        found["none"] = page.run("getComputedStyle(document.querySelector('#self .none')).display")
        page.run("signalbench.hear({type: 'response', from: 'ghost'})")
        until(lambda: page.run("document.querySelectorAll('.tile').length") == 2, 60, "a tile")
        found["tile"] = page.run("document.querySelectorAll('.tile')[1].innerText")
        page.run("signalbench.hear({type: 'call', from: 'newcomer'})")
        found["full"] = until(lambda: page.run("document.getElementById('notice').textContent"), 60, "a notice")
        page.ask("Emulation.setDeviceMetricsOverride", width=400, height=900, deviceScaleFactor=1, mobile=True)
        found["cells"] = page.run(
            "Array.from(document.querySelector('#rows tr').cells, (c) => { const r = c.getBoundingClientRect();"
            " return [Math.round(r.width), r.right <= innerWidth]; })")
    return found


command, arguments = sys.argv[1], sys.argv[2:]
if command == "mesh":
    result = trio(*arguments, at_once=False)
elif command == "glare":
    result = trio(*arguments, at_once=True)
elif command == "agents":
    result = agents(*arguments)
elif command == "sdk":
    result = sdk(*arguments)
elif command == "words":
    result = words(*arguments)
else:
    result = pictures(*arguments)
print(json.dumps(result), flush=True)
