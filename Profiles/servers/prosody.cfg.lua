-- Prosody as Debian has it, for this machine alone: rooms for whoever comes, and accounts by `prosodyctl register`.
--
--   prosody --config Profiles/servers/prosody.cfg.lua
run_as_root = true
daemonize = false
pidfile = "/tmp/signalbench-prosody/pid"
data_path = "/tmp/signalbench-prosody"
interfaces = { "127.0.0.1" }
http_interfaces = { "127.0.0.1" }
c2s_ports = { 25222 }
http_ports = { 25280 }
https_ports = {}
s2s_ports = {}
-- Without smacks a member that vanishes is gone at once; with it, for ten minutes it is not.
modules_enabled = { "saslauth", "disco", "websocket", "ping" }
modules_disabled = { "s2s", "offline", "tls" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
consider_websocket_secure = true
cross_domain_websocket = true
-- The limits of Debian's file hold a connection to some kilobytes a second.
limits = {}
log = { { levels = { min = "warn" }, to = "console" } }

VirtualHost "localhost"
    authentication = "anonymous"
    allow_anonymous_s2s = false

-- Accounts, and streams that can be gone on with.
VirtualHost "accounts.localhost"
    authentication = "internal_plain"
    modules_enabled = { "smacks" }

Component "conference.localhost" "muc"
    restrict_room_creation = false
    muc_room_locking = false
    muc_room_default_history_length = 0
    muc_room_default_public_jids = true
