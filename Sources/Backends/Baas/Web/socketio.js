/*
 * A Socket.IO client (protocol 5 over Engine.IO 4, WebSocket only), no more than the conference page needs.
 */
(function (global) {
  "use strict";

  const FIRST_PAUSE = 250;
  const LONGEST_PAUSE = 5000;

  class SocketIOClient {
    /**
     * @param {string} url the server, such as `http://127.0.0.1:3000`
     * @param {object} handlers `connected(id)` for every new connection, `event(name, argument)`, `lost()`
     */
    constructor(url, handlers) {
      this.address = new URL("/socket.io/?EIO=4&transport=websocket", url);
      this.address.protocol = this.address.protocol === "https:" ? "wss:" : "ws:";
      this.handlers = handlers;
      this.pause = FIRST_PAUSE;
      this.connect();
    }

    connect() {
      this.isConnected = false;
      this.number = 0;
      this.asked = new Map();
      const socket = new WebSocket(this.address.href);
      this.socket = socket;
      let isOver = false;
      const end = () => {
        if (isOver) { return; }
        isOver = true;
        clearTimeout(this.patience);
        socket.close();
        this.isConnected = false;
        this.handlers.lost();
        setTimeout(() => this.connect(), this.pause * (0.75 + Math.random() / 2));
        this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
      };
      socket.onmessage = (message) => { if (!isOver) { this.take(String(message.data), end); } };
      socket.onclose = end;
      socket.onerror = () => {};
    }

    take(text, end) {
      switch (text[0]) {
        case "0": {
          const handshake = JSON.parse(text.slice(1));
          this.lifetime = handshake.pingInterval + handshake.pingTimeout;
          this.heard(end);
          this.socket.send("40");
          break;
        }
        case "1":
          end();
          break;
        case "2":
          // The server pings; it is gone when no ping comes in time.
          this.heard(end);
          this.socket.send("3");
          break;
        case "4":
          this.packet(text[1], text.slice(2), end);
          break;
        default:
          break;
      }
    }

    heard(end) {
      clearTimeout(this.patience);
      this.patience = setTimeout(end, this.lifetime);
    }

    packet(kind, data, end) {
      if (kind === "0") {
        this.isConnected = true;
        this.pause = FIRST_PAUSE;
        this.handlers.connected(JSON.parse(data).sid);
      } else if (kind === "1" || kind === "4") {
        end();
      } else if (kind === "2") {
        const [name, argument] = JSON.parse(data.slice(data.indexOf("[")));
        this.handlers.event(name, argument);
      } else if (kind === "3") {
        const start = data.indexOf("[");
        const number = Number(data.slice(0, start));
        const callback = this.asked.get(number);
        this.asked.delete(number);
        if (callback) { callback(JSON.parse(data.slice(start))[0]); }
      }
    }

    /** Sends an event, with a function for its acknowledgement if one is wanted. */
    emit(name, argument, callback) {
      if (!this.isConnected) { return; }
      let number = "";
      if (callback) {
        number = this.number++;
        this.asked.set(number, callback);
      }
      this.socket.send(`42${number}${JSON.stringify([name, argument])}`);
    }
  }

  global.SocketIOClient = SocketIOClient;
})(window);
