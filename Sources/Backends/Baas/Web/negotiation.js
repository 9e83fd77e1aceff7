/*
 * The connections of one member of a many-party call, and what it does at each message: as the published client of 2014
 * did (`seed`), or by perfect negotiation over the same messages (`perfect`), by the rules of signalbench's agents.
 */
(function (global) {
  "use strict";

  /** Candidates that may wait for their description. */
  const EARLY_LIMIT = 256;

  const bytes = new TextEncoder();

  /** Whether an id sorts before another one as UTF-8; the smaller of two is the polite one. */
  function precedes(a, b) {
    const x = bytes.encode(a);
    const y = bytes.encode(b);
    const difference = x.findIndex((byte, index) => byte !== y[index]);
    return difference < 0 ? x.length < y.length : x[difference] < y[difference];
  }

  /** The ICE user fragment of a description, which its candidates name too (RFC 8839 §5.4). */
  function fragmentOf(sdp) { return (/^a=ice-ufrag:(\S+)/m.exec(sdp || "") || [])[1] || ""; }

  function fragmentOfCandidate(text) { return (/ ufrag (\S+)/.exec(text || "") || [])[1] || ""; }

  function fingerprintOf(sdp) { return (/^a=fingerprint:(.+)$/m.exec(sdp || "") || [])[1] || ""; }

  /** Of an agent's tag: its run and sender, and which start of the sender this is. */
  function instanceOf(tag) {
    const parts = typeof tag === "string" ? tag.split(".") : [];
    return parts.length === 6 ? { agent: parts[0] + "." + parts[2], number: parseInt(parts[3], 36) } : null;
  }

  class Peer {
    constructor(id) {
      this.id = id;
      this.state = "none";
      this.generation = 0;
      this.pc = null;
      /** Fails when the connection is closed, because what is asked of a closed one is never answered. */
      this.closing = null;
      this.abort = () => {};
      this.role = "";
      this.early = { fragment: "", candidates: [] };
      this.instance = null;
      this.work = Promise.resolve();
      this.forget();
      this.count = {
        candidatesSent: 0, candidatesApplied: 0, candidatesLost: 0, candidatesStale: 0,
        offersSent: 0, offersSet: 0, answersSent: 0, answersSet: 0, refused: []
      };
    }

    /** What belongs to one connection. */
    forget() {
      this.remoteSDP = "";
      this.remote = "";
      this.ignored = "";
      this.replaced = "";
    }

    get isOpen() { return this.pc !== null; }
  }

  class Negotiation {
    /**
     * @param {object} options `strategy`, `maxConnections`, `timeout` in milliseconds, `iceServers`
     * @param {object} hooks `selfID()`, `stream()`, `send(signal)`, `changed(peer)`, `track(peer, event)`
     */
    constructor(options, hooks) {
      this.options = options;
      this.hooks = hooks;
      this.peers = new Map();
    }

    get count() { return Array.from(this.peers.values()).filter((peer) => peer.isOpen).length; }

    get isFull() { return this.count >= this.options.maxConnections; }

    peer(id) {
      if (!this.peers.has(id)) { this.peers.set(id, new Peer(id)); }
      return this.peers.get(id);
    }

    /**
     * Takes a message that passed the filter.
     * @returns {Promise<string>} what came of it, in words
     */
    take(signal) {
      const peer = this.peer(signal.from);
      if (this.options.strategy === "seed") { return this.seed(signal, peer); }
      // One after another for each peer, because what a message means depends on what the one before it did.
      const done = peer.work.then(() => this.perfect(signal, peer));
      peer.work = done.catch(() => {});
      return done;
    }

    /** The backend says that a peer is gone; the published client knows no presence. */
    departed(id) {
      if (this.options.strategy === "perfect" && this.peers.has(id)) { this.close(this.peers.get(id)); }
    }

    closeAll() { this.peers.forEach((peer) => this.close(peer)); }

    /** What tests and the page look at. */
    pairs() {
      return Array.from(this.peers.values()).map((peer) => ({
        id: peer.id, state: peer.state, role: peer.role,
        connectionState: peer.pc ? peer.pc.connectionState : "closed",
        signalingState: peer.pc ? peer.pc.signalingState : "closed",
        ...peer.count
      }));
    }

    // MARK: Connections

    open(peer, role) {
      peer.forget();
      peer.role = role;
      const pc = new RTCPeerConnection({ iceServers: this.options.iceServers });
      peer.pc = pc;
      peer.closing = new Promise((_, reject) => { peer.abort = reject; });
      peer.closing.catch(() => {});
      const stream = this.hooks.stream();
      if (stream) { stream.getTracks().forEach((track) => pc.addTrack(track, stream)); }
      pc.onicecandidate = (event) => {
        // The end of gathering is not told: there is no message for it.
        if (!event.candidate || event.candidate.candidate === "" || peer.pc !== pc) { return; }
        peer.count.candidatesSent += 1;
        this.hooks.send({
          type: "candidate", sendto: peer.id, sdpMLineIndex: event.candidate.sdpMLineIndex,
          sdpMid: event.candidate.sdpMid, candidate: event.candidate.candidate
        });
        this.hooks.changed(peer);
      };
      pc.ontrack = (event) => { if (peer.pc === pc) { this.hooks.track(peer, event); } };
      pc.onconnectionstatechange = () => this.hooks.changed(peer);
      pc.onsignalingstatechange = () => this.hooks.changed(peer);
      this.watch(peer);
      this.hooks.changed(peer);
      return pc;
    }

    /** Gives an attempt its time; the published client waits for ever. */
    watch(peer) {
      peer.generation += 1;
      const generation = peer.generation;
      if (this.options.strategy === "seed") { return; }
      setTimeout(() => {
        if (peer.generation === generation && peer.isOpen && peer.state !== "stable") { this.close(peer); }
      }, this.options.timeout);
    }

    /** @returns {boolean} whether there was a connection */
    close(peer) {
      if (!peer.isOpen) { return false; }
      peer.pc.onicecandidate = peer.pc.ontrack = null;
      peer.pc.close();
      peer.pc = null;
      peer.abort(new DOMException("the connection was closed", "AbortError"));
      peer.state = "closed";
      peer.generation += 1;
      this.hooks.changed(peer);
      return true;
    }

    describe(peer, description) {
      peer.count[description.type === "offer" ? "offersSent" : "answersSent"] += 1;
      this.hooks.send({ type: description.type, sendto: peer.id, sdp: description.sdp });
    }

    set(peer, signal) { return peer.pc.setRemoteDescription({ type: signal.type, sdp: signal.sdp }); }

    /** What a promise of the peer's connection gives, or a failure as soon as that is closed. */
    alive(peer, promise) { return Promise.race([promise, peer.closing]); }

    refused(peer, what, error) {
      if (error.name === "AbortError") { return "given up meanwhile"; }
      peer.count.refused.push(`${what}: ${error.name}`);
      return `${what} failed: ${error.name}`;
    }

    respond(peer) {
      this.hooks.send({ type: "response", sendto: peer.id });
      return "answered with a response";
    }

    // MARK: The published client

    // Nothing is awaited that it did not await, and every guard is its own. A browser runs what is asked of one connection
    // in order, which is what makes it work at all.
    async seed(signal, peer) {
      switch (signal.type) {
        case "call":
          if (!this.hooks.stream()) { return "ignored: no video started here"; }
          if (peer.isOpen) { return "ignored: already connected"; }
          return this.isFull ? "ignored: as many connections as allowed" : this.respond(peer);
        case "response": return this.seedOffer(peer);
        case "offer": return this.seedAnswer(signal, peer);
        case "answer": return this.seedAnswered(signal, peer);
        case "candidate": return this.seedCandidate(signal, peer);
        case "bye": return this.count > 0 && this.close(peer) ? "connection closed" : "nothing to close";
        default: return "ignored: unknown type";
      }
    }

    async seedOffer(peer) {
      const pc = peer.isOpen ? peer.pc : this.open(peer, "offerer");
      if (peer.state !== "stable") { peer.state = "makingOffer"; }
      try {
        const offer = await pc.createOffer();
        pc.setLocalDescription(offer).catch((error) => this.refused(peer, "setLocalDescription", error));
        peer.state = "haveLocalOffer";
        this.describe(peer, offer);
        return "offered";
      } catch (error) { return this.refused(peer, "createOffer", error); }
    }

    async seedAnswer(signal, peer) {
      let set = Promise.resolve();
      if (!peer.isOpen) {
        this.open(peer, "answerer");
        peer.state = "haveRemoteOffer";
        set = this.set(peer, signal).then(
          () => { peer.count.offersSet += 1; },
          (error) => { this.refused(peer, "setRemoteDescription", error); });
      }
      const pc = peer.pc;
      try {
        const answer = await pc.createAnswer();
        pc.setLocalDescription(answer).then(
          () => { peer.state = "stable"; }, (error) => this.refused(peer, "setLocalDescription", error));
        this.describe(peer, answer);
        await set;
        return "answered";
      } catch (error) { return this.refused(peer, "createAnswer", error); }
    }

    async seedAnswered(signal, peer) {
      if (this.count === 0) { return "lost: no connection at all"; }
      if (!peer.isOpen) { return "lost: no connection with its sender"; }
      try {
        await this.set(peer, signal);
        peer.count.answersSet += 1;
        peer.state = "stable";
        return "applied";
      } catch (error) { return this.refused(peer, "setRemoteDescription", error); }
    }

    async seedCandidate(signal, peer) {
      if (!peer.isOpen) {
        peer.count.candidatesLost += 1;
        return "lost: no connection with its sender";
      }
      try {
        await peer.pc.addIceCandidate(signal);
        peer.count.candidatesApplied += 1;
        return "applied";
      } catch (error) {
        peer.count.candidatesLost += 1;
        return error.name === "InvalidStateError" ? "lost: no remote description" : `lost: ${error.name}`;
      }
    }

    // MARK: The repaired client

    async perfect(signal, peer) {
      const restarted = this.hasRestarted(signal, peer);
      switch (signal.type) {
        case "call":
          if (!this.hooks.stream()) { return "ignored: no video started here"; }
          if (restarted) { this.close(peer); }
          if (peer.isOpen) { return "ignored: already connected"; }
          return this.isFull ? "ignored: as many connections as allowed" : this.respond(peer);
        case "response": return this.perfectOffer(peer);
        case "offer":
          if (restarted) { this.close(peer); }
          return this.perfectAnswer(signal, peer);
        case "answer": return this.perfectAnswered(signal, peer);
        case "candidate": return this.perfectCandidate(signal, peer);
        case "bye": return this.close(peer) ? "connection closed" : "nothing to close";
        default: return "ignored: unknown type";
      }
    }

    /** Whether an agent's tag shows that it began anew, and so has nothing of what it had with us. */
    hasRestarted(signal, peer) {
      const instance = instanceOf(signal.tag);
      const known = peer.instance;
      if (instance) { peer.instance = instance; }
      return Boolean(instance && known && instance.agent === known.agent && instance.number > known.number);
    }

    async perfectOffer(peer) {
      if (peer.isOpen) { return "ignored: already connected"; }
      const pc = this.open(peer, "offerer");
      peer.state = "makingOffer";
      try {
        const offer = await this.alive(peer, pc.createOffer());
        const set = pc.setLocalDescription(offer);
        peer.state = "haveLocalOffer";
        // Candidates come once it is set, and have to come behind it.
        this.describe(peer, offer);
        await this.alive(peer, set);
        return "offered";
      } catch (error) { return this.refused(peer, "createOffer", error); }
    }

    async perfectAnswer(signal, peer) {
      const fragment = fragmentOf(signal.sdp);
      let word = "answered";
      if (peer.state === "haveLocalOffer" && peer.isOpen) {
        if (!precedes(this.hooks.selfID(), peer.id)) {
          peer.ignored = fragment;
          this.dropEarly(peer, fragment);
          return "ignored: our own offer stands";
        }
        // Ours is taken back with its connection, which the peer never knew. A rollback (RFC 9429 §4.1.10.2) would do the
        // same, but Chromium gathers no candidates after one that comes before it knows its networks.
        word = "our own offer taken back, theirs answered";
        this.close(peer);
      } else if (peer.isOpen) {
        if (signal.sdp === peer.remoteSDP) { return "ignored: this offer has its answer"; }
        // Another certificate is another connection of the peer's.
        if (fingerprintOf(signal.sdp) !== fingerprintOf(peer.remoteSDP)) { this.close(peer); }
      }
      if (!peer.isOpen) { this.open(peer, "answerer"); }
      const pc = peer.pc;
      peer.state = "haveRemoteOffer";
      try {
        await this.alive(peer, this.set(peer, signal));
        peer.count.offersSet += 1;
        await this.hasRemote(peer, signal, fragment);
        const answer = await this.alive(peer, pc.createAnswer());
        const set = pc.setLocalDescription(answer);
        this.describe(peer, answer);
        await this.alive(peer, set);
        peer.state = "stable";
        this.hooks.changed(peer);
        return word;
      } catch (error) { return this.refused(peer, "answering", error); }
    }

    async perfectAnswered(signal, peer) {
      if (!peer.isOpen) { return "dropped: no connection with its sender"; }
      if (peer.state !== "haveLocalOffer") { return `dropped: no offer of ours is open (${peer.state})`; }
      try {
        await this.alive(peer, this.set(peer, signal));
        peer.count.answersSet += 1;
        peer.state = "stable";
        this.hooks.changed(peer);
        await this.hasRemote(peer, signal, fragmentOf(signal.sdp));
        return "applied";
      } catch (error) { return this.refused(peer, "setRemoteDescription", error); }
    }

    async perfectCandidate(signal, peer) {
      const fragment = fragmentOfCandidate(signal.candidate);
      if (fragment !== "" && (fragment === peer.ignored || fragment === peer.replaced)) {
        peer.count.candidatesStale += 1;
        return "dropped: its description was ignored or replaced";
      }
      if (peer.isOpen && peer.remote !== "" && (fragment === "" || fragment === peer.remote)) {
        return this.apply(signal, peer);
      }
      if (peer.early.fragment !== fragment) { peer.early = { fragment, candidates: [] }; }
      if (peer.early.candidates.length < EARLY_LIMIT) { peer.early.candidates.push(signal); }
      return "kept until its description comes";
    }

    async apply(signal, peer) {
      try {
        await this.alive(peer, peer.pc.addIceCandidate(signal));
        peer.count.candidatesApplied += 1;
        return "applied";
      } catch (error) { return this.refused(peer, "addIceCandidate", error); }
    }

    /** A remote description is set: what was gathered for it may be applied now. */
    async hasRemote(peer, signal, fragment) {
      if (peer.remote !== "" && peer.remote !== fragment) { peer.replaced = peer.remote; }
      peer.remote = fragment;
      peer.remoteSDP = signal.sdp;
      const early = peer.early;
      if (early.fragment !== fragment) { return; }
      peer.early = { fragment: "", candidates: [] };
      for (const candidate of early.candidates) { await this.apply(candidate, peer); }
    }

    dropEarly(peer, fragment) {
      if (peer.early.fragment === fragment) { peer.early = { fragment: "", candidates: [] }; }
    }
  }

  global.Negotiation = Negotiation;
})(window);
