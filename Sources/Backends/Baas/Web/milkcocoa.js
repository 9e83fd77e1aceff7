/*
 * milkcocoa.js: the JavaScript API of Milkcocoa 0.2.x, for signalbench's emulator of it (`signalbench serve baas`).
 *
 * Written from the API's descriptions; no code of the original is in it. It speaks Engine.IO 3 over WebSocket by itself
 * and needs no library. Unlike the original, it listens again after a reconnect.
 */
(function (global) {
  "use strict";

  /** Letters under which the server tells events (wire protocol W1). */
  var EVENTS = { b: "push", c: "set", d: "remove", e: "send" };
  /** Requests that change nothing, so that they may be asked again over a new connection. */
  var READS = { get: true, fm: true, getcurrentuser: true };
  /** How long requests under way may take before a change of user takes their connection away. */
  var PATIENCE = 2000;
  var FIRST_PAUSE = 250;
  var LONGEST_PAUSE = 5000;

  function nothing() {}

  /** `/a//b/` is `a/b`. */
  function normalised(path) {
    return String(path).split("/").filter(function (part) { return part !== ""; }).join("/");
  }

  function joined(path, rest) {
    return normalised(path + "/" + rest);
  }

  // MARK: One connection: Engine.IO 3 with Socket.IO in it

  /**
   * @param {string} host ends with a slash
   * @param {function(string, object)} onEvent name and argument of an event
   * @param {function()} onEnd called once, however it ends
   */
  function Connection(host, onEvent, onEnd) {
    var self = this;
    var address = new URL("socket.io/?EIO=3&transport=websocket", host);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.timers = [];
    this.ended = false;
    this.onEnd = onEnd;
    this.socket = new WebSocket(address.href);
    this.socket.onmessage = function (message) { self.take(String(message.data), onEvent); };
    this.socket.onclose = function () { self.end(); };
    this.socket.onerror = nothing;
  }

  Connection.prototype.take = function (text, onEvent) {
    if (this.ended) { return; }
    switch (text.charAt(0)) {
      case "0":
        this.opened(JSON.parse(text.slice(1)));
        break;
      case "1":
        this.end();
        break;
      case "3":
        clearTimeout(this.patience);
        break;
      case "4":
        if (text.charAt(1) === "1") { return this.end(); }
        if (text.charAt(1) !== "2") { return; }
        var event = JSON.parse(text.slice(text.indexOf("[")));
        onEvent(event[0], event[1]);
        break;
      default:
        break;
    }
  };

  /** In revision 3 the client pings, and the server owes an answer. */
  Connection.prototype.opened = function (handshake) {
    var self = this;
    this.timers.push(setInterval(function () {
      clearTimeout(self.patience);
      self.patience = setTimeout(function () { self.end(); }, handshake.pingTimeout);
      self.socket.send("2");
    }, handshake.pingInterval));
  };

  Connection.prototype.emit = function (name, argument) {
    this.socket.send("42" + JSON.stringify([name, argument]));
  };

  Connection.prototype.end = function () {
    if (this.ended) { return; }
    this.ended = true;
    this.timers.forEach(clearInterval);
    clearTimeout(this.patience);
    this.socket.close();
    this.onEnd();
  };

  // MARK: The client

  /**
   * @param {string} host address of the server
   * @param {function()=} onConnect called once, at the first connection
   */
  function MilkCocoa(host, onConnect) {
    this.host = /\/$/.test(host) ? host : host + "/";
    this.onConnect = onConnect || nothing;
    /** Path and event to the functions that listen. */
    this.listeners = new Map();
    /** Requests that wait for a connection. */
    this.queue = [];
    /** Requests that wait for their answer, by number. */
    this.asked = new Map();
    this.number = 0;
    this.counter = Math.floor(Math.random() * 46656);
    this.ahead = 0;
    this.pause = FIRST_PAUSE;
    this.isReady = false;
    /** What to do once the connection of the new user is ready. */
    this.whenReady = [];
    this.connect();
  }

  MilkCocoa.Error = {
    AddAccount: { FormatError: 1, AlreadyExist: 2 },
    Login: { FormatError: 1, LoginError: 2, EmailNotVerificated: 3 }
  };

  MilkCocoa.prototype.connect = function () {
    var self = this;
    var connection = new Connection(this.host, function (name, argument) {
      if (self.connection === connection) { self.take(name, argument || {}); }
    }, function () {
      if (self.connection === connection) { self.lost(); }
    });
    this.connection = connection;
  };

  MilkCocoa.prototype.take = function (name, argument) {
    if (name === "init") { return this.ready(argument.ts); }
    if (name === "a") {
      var asked = this.asked.get(argument.callback_id);
      if (!asked) { return; }
      this.asked.delete(argument.callback_id);
      asked.callback(argument.docs);
      if (this.asked.size === 0 && this.onQuiet) { this.onQuiet(); }
      return;
    }
    if (!Object.prototype.hasOwnProperty.call(EVENTS, name)) { return; }
    var path = argument.sys ? argument.sys.path : argument.path;
    (this.listeners.get(EVENTS[name] + " " + path) || []).slice().forEach(function (listener) {
      listener(argument);
    });
  };

  /** The server says what time it is, and takes requests from now on: first what to listen to, then what waited. */
  MilkCocoa.prototype.ready = function (time) {
    var self = this;
    this.ahead = time - Date.now();
    this.pause = FIRST_PAUSE;
    this.isReady = true;
    this.listeners.forEach(function (functions, key) {
      var space = key.indexOf(" ");
      self.connection.emit("on", { event: key.slice(0, space), path: key.slice(space + 1) });
    });
    this.queue.splice(0).forEach(function (request) { self.write(request); });
    this.whenReady.splice(0).forEach(function (next) { next(); });
    var first = this.onConnect;
    this.onConnect = nothing;
    first();
  };

  /** The connection is gone: reads are asked again, changes may or may not have been made. */
  MilkCocoa.prototype.lost = function () {
    var self = this;
    this.isReady = false;
    var failed = [];
    var again = [];
    this.asked.forEach(function (request) {
      (READS[request.verb] ? again : failed).push(request);
    });
    this.asked.clear();
    this.queue = again.concat(this.queue);
    this.retry = setTimeout(function () { self.connect(); }, this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    failed.forEach(function (request) { request.callback({ err: "disconnected" }); });
    if (this.onQuiet) { this.onQuiet(); }
  };

  MilkCocoa.prototype.request = function (verb, argument, callback) {
    var request = { verb: verb, argument: argument, callback: callback };
    if (this.isReady) { this.write(request); } else { this.queue.push(request); }
  };

  MilkCocoa.prototype.write = function (request) {
    if (request.callback) {
      request.argument.callback_id = this.number;
      this.asked.set(this.number, request);
      this.number += 1;
    }
    this.connection.emit(request.verb, request.argument);
  };

  /** An id that sorts by the server's time: eight digits of milliseconds, four of a counter, three at random. */
  MilkCocoa.prototype.mint = function () {
    function digits(value, count) {
      return ("0".repeat(count) + value.toString(36)).slice(-count);
    }
    this.counter = (this.counter + 1) % 1679616;
    return digits(Math.floor(Date.now() + this.ahead), 8) + digits(this.counter, 4)
      + digits(Math.floor(Math.random() * 46656), 3);
  };

  // MARK: Users

  /** Posts a form; the cookie in the answer tells the next connection who it is for. */
  MilkCocoa.prototype.account = function (action, form, callback) {
    var self = this;
    fetch(new URL("account-api/" + action, this.host), {
      method: "POST", credentials: "include", body: new URLSearchParams(form)
    }).then(function (response) { return response.json(); }).then(function (answer) {
      if (answer.err) { return callback(answer.err, null); }
      self.reopen(function () { callback(null, answer.user || null); });
    }, function (error) { callback(String(error), null); });
  };

  /** Replaces the connection by one of the present user; what is asked meanwhile waits for it. */
  MilkCocoa.prototype.reopen = function (next) {
    var self = this;
    this.whenReady.push(next);
    if (!this.isReady) {
      // One that is still being made may have gone out without the cookie.
      return this.replace();
    }
    this.isReady = false;
    var timer = setTimeout(replace, PATIENCE);
    function replace() {
      clearTimeout(timer);
      self.onQuiet = null;
      self.replace();
    }
    this.onQuiet = replace;
    if (this.asked.size === 0) { replace(); }
  };

  MilkCocoa.prototype.replace = function () {
    var old = this.connection;
    this.connection = null;
    clearTimeout(this.retry);
    old.end();
    var failed = Array.from(this.asked.values());
    this.asked.clear();
    this.connect();
    failed.forEach(function (request) { request.callback({ err: "disconnected" }); });
  };

  MilkCocoa.prototype.anonymous = function (callback) { this.account("anonymous", {}, callback || nothing); };

  MilkCocoa.prototype.login = function (email, secret, callback) {
    this.account("login", { email: email, secret: secret }, callback || nothing);
  };

  MilkCocoa.prototype.auth = function (token, callback) { this.account("auth", { token: token }, callback || nothing); };

  MilkCocoa.prototype.logout = function (callback) {
    this.account("logout", {}, function (error) { (callback || nothing)(error); });
  };

  MilkCocoa.prototype.addAccount = function (email, secret, option, callback) {
    this.request("signup", { email: email, secret: secret, option: option }, function (answer) {
      (callback || nothing)(answer.err, answer.user || null);
    });
  };

  MilkCocoa.prototype.getCurrentUser = function (callback) {
    this.request("getcurrentuser", {}, function (answer) {
      callback(answer.err, answer.user || null);
    });
  };

  MilkCocoa.prototype.dataStore = function (path) { return new DataStore(this, normalised(path)); };

  // MARK: Data stores

  function DataStore(client, path) {
    this.client = client;
    this.path = path;
  }

  DataStore.prototype.getPath = function () { return this.path; };

  DataStore.prototype.child = function (path) { return new DataStore(this.client, joined(this.path, path)); };

  DataStore.prototype.parent = function () {
    return new DataStore(this.client, this.path.split("/").slice(0, -1).join("/"));
  };

  DataStore.prototype.root = function () { return new DataStore(this.client, ""); };

  /** Stores an object and tells it to all who listen, the sender included; gives the new datum's place. */
  DataStore.prototype.push = function (value, callback) {
    var id = this.client.mint();
    this.client.request("push", { path: this.path, id: id, value: value }, callback);
    return this.child(id);
  };

  /** Tells an object without storing it. */
  DataStore.prototype.send = function (value, callback) {
    this.client.request("send", { path: this.path, value: value }, callback);
  };

  DataStore.prototype.set = function (id, value, callback) {
    this.client.request("set", { path: joined(this.path, id), value: value }, callback);
  };

  DataStore.prototype.remove = function (id, callback) {
    this.client.request("unset", { path: joined(this.path, id) }, callback);
  };

  DataStore.prototype.get = function (id, callback) {
    this.client.request("get", { path: joined(this.path, id) }, callback);
  };

  DataStore.prototype.query = function (condition) { return new Query(this, condition || {}); };

  DataStore.prototype.on = function (event, listener) {
    var key = event + " " + this.path;
    var listeners = this.client.listeners.get(key);
    if (listeners) {
      listeners.push(listener);
      return;
    }
    this.client.listeners.set(key, [listener]);
    // Where there is no connection yet, it begins with everything that is listened to.
    if (this.client.isReady) { this.client.connection.emit("on", { event: event, path: this.path }); }
  };

  /** Ends all listening to an event of this store. */
  DataStore.prototype.off = function (event) {
    if (!this.client.listeners.delete(event + " " + this.path)) { return; }
    if (this.client.isReady) { this.client.connection.emit("off", { event: event, path: this.path }); }
  };

  // MARK: Queries

  function Query(store, condition) {
    this.store = store;
    this.condition = condition;
    this.option = {};
  }

  Query.prototype.limit = function (count) {
    this.option.limit = count;
    return this;
  };

  Query.prototype.skip = function (count) {
    this.option.skip = count;
    return this;
  };

  /** `asc` or `desc`: by the order of pushes. */
  Query.prototype.sort = function (mode) { return this.ordered(mode === "desc" ? "desc" : "sort", "$natural"); };

  Query.prototype.asc = function () { return this.ordered("sort", "$natural"); };

  Query.prototype.desc = function () { return this.ordered("desc", "$natural"); };

  /** Descending by a member. */
  Query.prototype.desort = function (member) { return this.ordered("desc", member); };

  Query.prototype.ordered = function (direction, member) {
    delete this.option.sort;
    delete this.option.desc;
    this.option[direction] = member;
    return this;
  };

  Query.prototype.done = function (callback) {
    this.store.client.request("fm", {
      path: this.store.path, query: this.condition, option: this.option
    }, callback);
  };

  global.MilkCocoa = MilkCocoa;
})(window);
