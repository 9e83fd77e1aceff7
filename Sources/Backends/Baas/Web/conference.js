/*
 * The conference page: a many-party call over a signaling backend, with every message that it takes.
 *
 * Address: `?ROOM&strategy=seed|perfect&backend=baas|socketio&url=SERVER&max=CONNECTIONS`, all of it optional.
 */
(function () {
  "use strict";

  /** Rows kept in the trace. */
  const ROWS = 400;
  const KINDS = ["call", "response", "offer", "answer", "candidate", "bye", "chatter"];

  const element = (id) => document.getElementById(id);

  // MARK: Settings

  /** As in the seed, the room is what follows `?`; here up to the first `&`, behind which settings may stand. */
  function readAddress() {
    const query = (location.href.split("#")[0].split("?")[1] || "").split("&");
    const room = query[0].includes("=") ? "" : query.shift();
    const given = new URLSearchParams(query.join("&"));
    const choice = (name, choices) => (choices.includes(given.get(name)) ? given.get(name) : choices[0]);
    const served = document.body.dataset.backend;
    return {
      room: room || "_defaultroom",
      strategy: choice("strategy", ["seed", "perfect"]),
      backend: choice("backend", served === "socketio" ? ["socketio", "baas"] : ["baas", "socketio"]),
      url: given.get("url") || location.origin,
      maxConnections: Math.max(1, Math.min(64, parseInt(given.get("max"), 10) || 3))
    };
  }

  const settings = readAddress();

  // MARK: Backends

  /** The seed's: a data store for the room, which tells everybody everything. */
  function openBaas(handlers) {
    const milkcocoa = new MilkCocoa(settings.url);
    const store = milkcocoa.dataStore("signaling/" + settings.room);
    milkcocoa.anonymous((error, user) => {
      if (!user) { return handlers.failed(`The anonymous login failed: ${error}`); }
      store.on("push", (event) => handlers.signal(event.value));
      // What is answered behind it shows that the server has taken it.
      milkcocoa.getCurrentUser(() => handlers.joined(user.id));
    });
    return { send: (signal) => store.push(signal) };
  }

  /** The article before the seed: a server with rooms, which routes by `sendto` and stamps `from`. */
  function openSocketIO(handlers) {
    const client = new SocketIOClient(settings.url, {
      connected: (id) => client.emit("enter", settings.room, () => handlers.joined(id)),
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
        negotiation.take(signal).then(tell, (error) => tell(`failed: ${error}`));
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
      element("selfid").textContent = short(id) === "me" ? "…" + id.slice(-5) : short(id);
      showState("in the room", "is-in");
      if (hasCalled && settings.strategy === "perfect") { send({ type: "call" }); }
    },
    lost() {
      isIn = false;
      showState("connection lost, trying again", "is-out");
    },
    failed(text) {
      showState("not connected", "is-out");
      notice(text);
    },
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
        tile.innerHTML = "<video autoplay playsinline></video><figcaption><span class=id></span> <span class=how></span>"
          + "</figcaption>";
        tile.querySelector(".id").textContent = short(peer.id);
        element("videos").append(tile);
        tiles.set(peer.id, tile);
      }
      const state = peer.pc.connectionState;
      tile.className = `tile ${state}`;
      tile.querySelector(".how").textContent = state === "new" ? peer.pc.signalingState : state;
    }
    showState(element("state").textContent, isIn ? "is-in" : "");
  }

  function showTrack(peer, event) {
    const tile = tiles.get(peer.id);
    if (tile && event.streams[0]) { tile.querySelector("video").srcObject = event.streams[0]; }
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
    location.search = "?" + [value("room").replace(/[&=#?]/g, "_") || "_defaultroom"].concat(query).join("&");
  });

  const backend = settings.backend === "socketio" ? openSocketIO(handlers) : openBaas(handlers);

  /** For tests. */
  window.signalbench = {
    settings, start, call, hangUp,
    get id() { return selfID; },
    get isIn() { return isIn; },
    pairs: () => negotiation.pairs(),
    stats: () => JSON.parse(JSON.stringify(stats))
  };
})();
