/*
 * The conference page: a many-party call over a signaling backend, with every message that it takes.
 *
 * Address: `?ROOM&strategy=seed|perfect&backend=baas|socketio&url=SERVER&max=CONNECTIONS`, all of it optional.
 */
(function () {
  "use strict";

  /** Rows kept in the trace. */
  const ROWS = 400;
  /** Milliseconds after which a page that is not in its room says why. */
  const PATIENCE = 5000;
  const KINDS = ["call", "response", "offer", "answer", "candidate", "bye", "chatter"];

  const element = (id) => document.getElementById(id);

  // MARK: Settings

  /** As in the seed, the room is what follows `?`; here up to the first `&`, behind which settings may stand. */
  function readAddress() {
    const mark = location.href.split("#")[0].indexOf("?");
    const query = mark < 0 ? [""] : location.href.split("#")[0].slice(mark + 1).split("&");
    const room = /^(strategy|backend|url|max)=/.test(query[0]) ? "" : written(query.shift());
    const given = new URLSearchParams(query.join("&"));
    const wrong = [];
    const choice = (name, choices) => {
      if (given.has(name) && !choices.includes(given.get(name))) {
        wrong.push(`There is no ${name} '${given.get(name)}' here: ${choices[0]} is used.`);
      }
      return choices.includes(given.get(name)) ? given.get(name) : choices[0];
    };
    const served = document.body.dataset.backend;
    return {
      room: room || "_defaultroom",
      strategy: choice("strategy", ["seed", "perfect"]),
      backend: choice("backend", served === "socketio" ? ["socketio", "baas"] : ["baas", "socketio"]),
      url: given.get("url") || location.origin,
      maxConnections: Math.max(1, Math.min(64, parseInt(given.get("max"), 10) || 3)),
      wrong
    };
  }

  /** A room's name as it was written, before a browser made a part of an address of it. */
  function written(text) {
    try { return decodeURIComponent(text); } catch (_) { return text; }
  }

  const settings = readAddress();

  // MARK: Backends

  /** The seed's: a data store for the room, which tells everybody everything. */
  function openBaas(handlers) {
    // One segment of a path, as agents have it: no two rooms share a store.
    const path = "signaling/" + settings.room.replace(/%/g, "%25").replace(/\//g, "%2F");
    const bytes = new TextEncoder().encode(path).length;
    if (bytes > 4096) {
      handlers.failed(`The room's name is too long: its path has ${bytes} bytes, and a server takes 4096.`);
      return nowhere;
    }
    const milkcocoa = new MilkCocoa(settings.url);
    const store = milkcocoa.dataStore(path);
    milkcocoa.anonymous((error, user) => {
      if (!user) {
        return handlers.failed(
          `The login at ${settings.url} failed (${error}): it is a server of another backend, or nobody listens there.`);
      }
      store.on("push", (event) => handlers.signal(event.value));
      // What is answered behind it shows that the server has taken it.
      milkcocoa.getCurrentUser(() => handlers.joined(user.id));
    });
    return { send: (signal) => store.push(signal) };
  }

  /** The article before the seed: a server with rooms, which routes by `sendto` and stamps `from`. */
  function openSocketIO(handlers) {
    const client = new SocketIOClient(settings.url, {
      connected: (id) => {
        handlers.answered();
        client.emit("enter", settings.room, (answer) => {
          if (answer && answer.error) { return handlers.failed(`The room was refused: ${answer.error}.`); }
          handlers.joined(id);
        });
      },
      lost: () => handlers.lost(),
      event: (name, argument) => {
        if (name === "message") { handlers.signal(argument); }
        if (name === "user disconnected" && argument) { handlers.left(argument.id); }
      }
    });
    return { send: (signal) => client.emit("message", signal) };
  }

  // MARK: What was sent and what came

  const stats = { sent: 0, delivered: 0, useful: 0, echo: 0, overheard: 0, sentByType: {}, usefulByType: {} };
  const began = performance.now();

  function countOf(table, type) {
    const name = KINDS.includes(type) ? type : "other";
    table[name] = (table[name] || 0) + 1;
  }

  function showStats() {
    for (const name of ["sent", "delivered", "useful", "echo", "overheard"]) {
      element(`n-${name}`).textContent = stats[name].toLocaleString("en");
    }
    element("amplification").textContent = stats.useful ? (stats.delivered / stats.useful).toFixed(2) : "–";
    const bar = element("bar");
    for (const part of bar.children) {
      part.style.width = stats.delivered ? `${(100 * stats[part.className]) / stats.delivered}%` : "0";
    }
    if (stats.delivered) {
      bar.setAttribute(
        "aria-label",
        `useful ${stats.useful}, my own ${stats.echo}, for somebody else ${stats.overheard} of ${stats.delivered}`);
    }
  }

  /** Ids are long and alike at their beginning. */
  function short(id) {
    if (!id) { return "all"; }
    if (id === selfID) { return "me"; }
    return id.length > 6 ? "…" + id.slice(-5) : id;
  }

  /**
   * Adds a row to the trace.
   * @returns {function(string)} writes what came of it
   */
  function trace(kind, signal, text) {
    const row = document.createElement("tr");
    row.className = kind === "sent" || kind === "useful" ? kind : "dropped";
    const cells = ["", "", "", ""].map(() => row.appendChild(document.createElement("td")));
    cells[0].textContent = ((performance.now() - began) / 1000).toFixed(2);
    cells[1].textContent = String(signal.type);
    cells[2].textContent = `${short(signal.from)} → ${short(signal.sendto)}`;
    if (kind !== "sent") {
      const mark = cells[3].appendChild(document.createElement("i"));
      mark.className = `mark ${kind}`;
    }
    const outcome = cells[3].appendChild(document.createElement("span"));
    outcome.textContent = text;
    element("empty").hidden = true;
    const rows = element("rows");
    rows.prepend(row);
    if (rows.children.length > ROWS) { rows.lastElementChild.remove(); }
    return (words) => { outcome.textContent = words; };
  }

  // MARK: The member

  let selfID = "";
  let stream = null;
  let isIn = false;
  let hasCalled = false;
  let hasAnswered = false;
  let isDeadEnd = false;
  const tiles = new Map();

  const negotiation = new Negotiation(
    { strategy: settings.strategy, maxConnections: settings.maxConnections, timeout: 10000, iceServers: [] },
    { selfID: () => selfID, stream: () => stream, send, changed: showPeer, track: showTrack });

  function send(fields) {
    // The envelope first, so that receivers can stop reading early.
    const { type, sendto, ...body } = fields;
    const signal = sendto ? { type, from: selfID, sendto, ...body } : { type, from: selfID, ...body };
    stats.sent += 1;
    countOf(stats.sentByType, type);
    trace("sent", signal, "sent");
    showStats();
    backend.send(signal);
  }

  /** The filter of the published client: not from me, and for me or for everybody. */
  function receive(signal) {
    if (signal === null || typeof signal !== "object") { return; }
    stats.delivered += 1;
    if (signal.from === selfID) {
      stats.echo += 1;
      trace("echo", signal, "dropped: my own");
    } else if (signal.sendto && signal.sendto !== selfID) {
      stats.overheard += 1;
      trace("overheard", signal, "dropped: for somebody else");
    } else {
      stats.useful += 1;
      countOf(stats.usefulByType, signal.type);
      const tell = trace("useful", signal, "…");
      if (signal.type === "chatter" || typeof signal.from !== "string") {
        tell("heard");
      } else {
        negotiation.take(signal).then((words) => {
          tell(words);
          if (words.endsWith("as many connections as allowed")) { showFull(); }
        }, (error) => tell(`failed: ${error}`));
      }
    }
    showStats();
  }

  function showState(text, name) {
    element("state").textContent = text;
    element("state").className = `state ${name}`;
    element("call").disabled = !isIn || !stream;
    element("hangup").disabled = !hasCalled && negotiation.count === 0;
  }

  /** Calls go unanswered when all places are taken; of those who are gone the published client never learns. */
  function showFull() {
    const idle = negotiation.pairs()
      .filter((pair) => pair.signalingState !== "closed" && pair.connectionState !== "connected").length;
    const ghosts = idle === 0 ? "" : `, ${idle} of them by members who never connected or are gone`;
    notice(`All ${settings.maxConnections} connections are taken${ghosts}: hang up to free them, or allow more in the settings.`);
  }

  function notice(text) {
    element("notice").textContent = text;
    element("notice").hidden = false;
  }

  const handlers = {
    joined(id) {
      // A new id means that the others take this page for a new member.
      if (selfID && id !== selfID) { negotiation.closeAll(); }
      selfID = id;
      isIn = true;
      if (isDeadEnd) { element("notice").hidden = true; }
      isDeadEnd = false;
      element("selfid").textContent = short(id) === "me" ? "…" + id.slice(-5) : short(id);
      showState("in the room", "is-in");
      if (hasCalled && settings.strategy === "perfect") { send({ type: "call" }); }
    },
    lost() {
      isIn = false;
      showState("connection lost, trying again", "is-out");
    },
    failed(text) {
      isDeadEnd = true;
      showState("not connected", "is-out");
      notice(text);
    },
    answered() { hasAnswered = true; },
    signal: receive,
    left: (id) => negotiation.departed(id)
  };

  // MARK: Videos

  function showPeer(peer) {
    let tile = tiles.get(peer.id);
    if (!peer.isOpen) {
      if (tile) {
        tile.remove();
        tiles.delete(peer.id);
      }
    } else {
      if (!tile) {
        tile = document.createElement("figure");
        tile.className = "tile";
        tile.innerHTML = "<video autoplay playsinline></video><span class=none>no media</span><figcaption><span class=id></span> <span class=how></span>"
          + "</figcaption>";
        tile.querySelector(".id").textContent = short(peer.id);
        element("videos").append(tile);
        tiles.set(peer.id, tile);
      }
      const state = peer.pc.connectionState;
      tile.className = `tile ${state}${tile.querySelector("video").srcObject ? " has-media" : ""}`;
      tile.querySelector(".how").textContent = state === "new" ? peer.pc.signalingState : state;
    }
    showState(element("state").textContent, isIn ? "is-in" : "");
  }

  function showTrack(peer, event) {
    const tile = tiles.get(peer.id);
    if (!tile || !event.streams[0]) { return; }
    tile.querySelector("video").srcObject = event.streams[0];
    tile.classList.add("has-media");
  }

  /** Stands in for a camera: a clock on a coloured ground. */
  function drawnStream() {
    const canvas = document.createElement("canvas");
    canvas.width = 320;
    canvas.height = 240;
    const context = canvas.getContext("2d");
    const hue = Math.floor(Math.random() * 360);
    const draw = () => {
      context.fillStyle = `hsl(${hue} 45% 35%)`;
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.fillStyle = "#fff";
      context.font = "40px sans-serif";
      context.textAlign = "center";
      context.fillText(new Date().toLocaleTimeString(), canvas.width / 2, canvas.height / 2 + 14);
    };
    draw();
    setInterval(draw, 500);
    return canvas.captureStream(5);
  }

  async function start() {
    if (stream) { return; }
    element("start").disabled = true;
    const video = { width: { ideal: 320 }, height: { ideal: 240 }, frameRate: { ideal: 15 } };
    try {
      if (!navigator.mediaDevices) { throw new Error("a browser gives it to https pages and to localhost only"); }
      stream = await navigator.mediaDevices.getUserMedia({ video, audio: true });
    } catch (error) {
      stream = drawnStream();
      notice(`There is no camera here (${error.message || error.name}): a drawn clock is sent instead.`);
    }
    element("local").srcObject = stream;
    element("self").classList.add("has-media");
    showState(element("state").textContent, isIn ? "is-in" : "");
  }

  function call() {
    if (!stream || !isIn) { return; }
    hasCalled = true;
    send({ type: "call" });
    showState(element("state").textContent, "is-in");
  }

  function hangUp() {
    hasCalled = false;
    send({ type: "bye" });
    negotiation.closeAll();
    showState(element("state").textContent, isIn ? "is-in" : "");
  }

  // MARK: The page

  element("room").textContent = settings.room;
  element("how").textContent =
    `${settings.backend}${settings.url === location.origin ? "" : " at " + settings.url}, strategy ${settings.strategy}`;
  element("start").addEventListener("click", start);
  element("call").addEventListener("click", call);
  element("hangup").addEventListener("click", hangUp);
  element("only-useful").addEventListener("change", (event) => {
    element("rows").classList.toggle("only-useful", event.target.checked);
  });

  const form = element("settings");
  form.elements.room.value = settings.room;
  form.elements.strategy.value = settings.strategy;
  form.elements.backend.value = settings.backend;
  form.elements.url.value = settings.url === location.origin ? "" : settings.url;
  form.elements.max.value = settings.maxConnections;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = (name) => form.elements[name].value.trim();
    const query = ["strategy", "backend", "url", "max"].filter((name) => value(name) !== "")
      .map((name) => `${name}=${encodeURIComponent(value(name))}`);
    location.search = "?" + [encodeURIComponent(value("room")) || "_defaultroom"].concat(query).join("&");
  });

  /** What is sent where there is no backend. */
  const nowhere = { send: () => {} };

  function open() {
    if (!URL.canParse(settings.url) || !/^https?:$/.test(new URL(settings.url).protocol)) {
      handlers.failed(`'${settings.url}' is no address of a server: it begins with http:// or https://.`);
      return nowhere;
    }
    setTimeout(() => {
      if (isIn || isDeadEnd) { return; }
      handlers.failed(
        hasAnswered
          ? `${settings.url} answers, but not as ${settings.backend} does: it is a server of another backend.`
          : `${settings.url} does not answer.`);
    }, PATIENCE);
    return settings.backend === "socketio" ? openSocketIO(handlers) : openBaas(handlers);
  }

  for (const words of settings.wrong) { notice(words); }
  const backend = open();

  /** For tests. */
  window.signalbench = {
    settings, start, call, hangUp, hear: receive,
    get id() { return selfID; },
    get isIn() { return isIn; },
    pairs: () => negotiation.pairs(),
    stats: () => JSON.parse(JSON.stringify(stats))
  };
})();
