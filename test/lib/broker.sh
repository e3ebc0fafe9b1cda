#!/usr/bin/env bash
# A private RabbitMQ for the tests: on loopback, with ports, directories, a
# cookie and an epmd of its own, under the user that the servers run as.
#
#   test/lib/broker.sh init DIR    choose ports, write the configuration, print its URL
#   test/lib/broker.sh start DIR   start it and wait until it listens
#   test/lib/broker.sh kill DIR    kill -9, as a crash would
#   test/lib/broker.sh stop DIR    end it and its epmd, by their pids
# shellcheck source-path=SCRIPTDIR source=cluster.sh
. "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

# Below those that outgoing connections use: while the broker is down, clients
# that try such a port on loopback sooner or later meet themselves there.
free_port() {
  local port
  while port=$((RANDOM % 10000 + 20000)); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

broker_init() {
  local port epmd_port dist_port
  port=$(free_port)
  epmd_port=$(free_port)
  dist_port=$(free_port)
  mkdir -p "$dir/mnesia" "$dir/log"
  cat >"$dir/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$port
default_user = relay
default_pass = s3cr/t-word
vm_memory_high_watermark.relative = 0.9
disk_free_limit.absolute = 1MB
CONF
  : >"$dir/env.conf"
  echo '[].' >"$dir/plugins"
  echo "port=$port epmd_port=$epmd_port dist_port=$dist_port" >"$dir/settings"
  if [[ $(id -u) -eq 0 ]]; then
    chown -R "$(cluster_user)" "$dir"
  fi
  echo "amqp://relay:s3cr%2Ft-word@127.0.0.1:$port/%2F"
}

# Its environment is its own: nothing of the machine's broker reaches it. Two
# schedulers that do not spin are enough for it here.
broker_as_user() {
  cluster_as_server env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME="$dir" \
    ERL_EPMD_PORT="$epmd_port" ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_NODENAME="qb_relay_$port@localhost" RABBITMQ_DIST_PORT="$dist_port" \
    RABBITMQ_CONF_ENV_FILE="$dir/env.conf" RABBITMQ_CONFIG_FILE="$dir/rabbitmq.conf" \
    RABBITMQ_ADVANCED_CONFIG_FILE="$dir/none.config" RABBITMQ_ENABLED_PLUGINS_FILE="$dir/plugins" \
    RABBITMQ_PID_FILE="$dir/pid" RABBITMQ_MNESIA_BASE="$dir/mnesia" RABBITMQ_LOG_BASE="$dir/log" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 2:2 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}' \
    "$@"
}

broker_listens() {
  [[ -s $dir/pid ]] && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}

# Erlang would start one as a daemon that nobody stops.
broker_start_epmd() {
  if [[ -s $dir/epmd.pid ]] && kill -0 "$(<"$dir/epmd.pid")" 2>/dev/null; then
    return
  fi
  # shellcheck disable=SC2016 # the inner shell expands it
  broker_as_user sh -c 'echo $$ >"$HOME/epmd.pid"; exec epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1' \
    </dev/null >"$dir/epmd.log" 2>&1 &
}

broker_start() {
  local i
  broker_start_epmd
  rm -f "$dir/pid"
  broker_as_user /usr/lib/rabbitmq/bin/rabbitmq-server </dev/null >>"$dir/output" 2>&1 &
  for ((i = 0; i < 600; i++)); do
    if broker_listens; then
      return
    fi
    sleep 0.1
  done
  tail -n 30 "$dir/output" >&2
  die "the broker did not start: $dir/output"
}

# Ends the process that the file $1 names, by the signal $2.
broker_end() {
  local pid
  [[ -s $1 ]] || return 0
  pid=$(<"$1")
  kill "-$2" "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
  rm -f "$1"
}

broker_kill() {
  broker_end "$dir/pid" KILL
}

broker_stop() {
  broker_end "$dir/pid" KILL
  broker_end "$dir/epmd.pid" TERM
}

[[ $# -eq 2 ]] || die 'broker.sh {init|start|kill|stop} DIR'
dir=$2
if [[ -e $dir/settings ]]; then
  # shellcheck disable=SC1091 # broker_init wrote it
  . "$dir/settings"
fi
case $1 in
  init | start | kill | stop) "broker_$1" ;;
  *) die "no such command: $1" ;;
esac
