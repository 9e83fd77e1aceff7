# Action Cable on Debian's own Rails, without the skeleton of an application: a room as a channel.
#
#   puma -b tcp://127.0.0.1:28091 -t 1:4 Profiles/servers/actioncable.ru
#   signalbench run Profiles/servers/actioncable.yaml   starts it by itself
#
# Debian's packages are `ruby-actioncable`, `ruby-railties` and `puma`.
require 'logger'
require 'rails'
require 'action_cable/engine'

class Rooms < Rails::Application
  config.eager_load = false
  config.root = __dir__
  config.hosts.clear
  config.secret_key_base = 'nobody' * 8
  config.logger = Logger.new($stderr)
  config.log_level = :warn
  config.paths['log'] = '/dev/null'
  config.action_cable.mount_path = '/cable'
  config.action_cable.disable_request_forgery_protection = true
end

module ApplicationCable
  class Connection < ActionCable::Connection::Base; end
  class Channel < ActionCable::Channel::Base; end
end

class RoomChannel < ApplicationCable::Channel
  def subscribed
    return reject if params[:room] == 'forbidden'

    stream_from room
    stream_from "#{room}.#{params[:peer]}" if params[:routed]
  end

  def signal(data)
    target = data['signal']['sendto'].to_s
    ActionCable.server.broadcast(params[:routed] && !target.empty? ? "#{room}.#{target}" : room, data['signal'])
  end

  private

  def room
    "room.#{params[:room]}"
  end
end

ActionCable.server.config.cable = { 'adapter' => 'async' }
ActionCable.server.config.connection_class = -> { ApplicationCable::Connection }
Rooms.initialize!
run ActionCable.server
