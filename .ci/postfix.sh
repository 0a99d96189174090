#!/bin/sh
# A private Postfix for tests: loopback only, STARTTLS with a throw-away certificate, AUTH, every recipient delivered to one Maildir.
#
#   .ci/postfix.sh start DIR PORT    prints DONOR_REGISTRY_TEST_SMTP_* lines for `eval`/`export`
#   .ci/postfix.sh stop DIR
#
# Needs root (Postfix drops its own privileges), Debian packages: postfix sasl2-bin libsasl2-modules openssl.
# Nothing outside DIR is written; /etc/postfix is not used. Recipients with a meaning of their own (any domain):
#   greylisted@  450 4.7.1    full@  452 4.2.2    unknown@  550 5.1.1    policy@  550 5.7.1    stall@  answers RCPT after 60 s
set -eu

usage() {
    echo "usage: $0 start DIR PORT | stop DIR" >&2
    exit 2
}

start() {
    dir=$1
    port=$2
    case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
    if [ "$(id -u)" -ne 0 ]; then
        echo "postfix.sh: Postfix must be started as root; nothing was started" >&2
        exit 1
    fi
    for tool in postfix openssl saslpasswd2; do
        command -v "$tool" >/dev/null || {
            echo "postfix.sh: $tool is missing; apt-get install postfix sasl2-bin libsasl2-modules openssl" >&2
            exit 1
        }
    done
    mkdir -p "$dir/etc/sasl" "$dir/spool" "$dir/data" "$dir/sasl" "$dir/tls" "$dir/log" "$dir/maildir"
    # The daemons run as `postfix`, the delivery as `nobody`: they must be able to walk down to their folders.
    chmod 755 "$dir" "$dir/etc" "$dir/etc/sasl" "$dir/spool" "$dir/sasl" "$dir/tls" "$dir/log"
    chown postfix "$dir/data"
    chown nobody "$dir/maildir"

    # An authority of its own and a certificate for localhost: a client that trusts the authority checks the whole chain.
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=throw-away test authority" \
        -keyout "$dir/tls/ca.key" -out "$dir/tls/ca.pem" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
        -keyout "$dir/tls/server.key" -out "$dir/tls/server.csr" 2>/dev/null
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n' >"$dir/tls/server.ext"
    openssl x509 -req -days 2 -in "$dir/tls/server.csr" -CA "$dir/tls/ca.pem" -CAkey "$dir/tls/ca.key" -CAcreateserial \
        -extfile "$dir/tls/server.ext" -out "$dir/tls/server.pem" 2>/dev/null
    chmod 600 "$dir/tls/ca.key" "$dir/tls/server.key"

    password=$(openssl rand -hex 16)
    # Debian's Postfix reads this file beside main.cf whatever cyrus_sasl_config_path says.
    printf 'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\nsasldb_path: %s/sasl/sasldb2\nlog_level: 0\n' "$dir" >"$dir/etc/sasl/smtpd.conf"
    printf '%s' "$password" | saslpasswd2 -p -c -f "$dir/sasl/sasldb2" -u localhost sender
    chown postfix "$dir/sasl/sasldb2"

    nobody=$(id -u nobody)
    cat >"$dir/etc/main.cf" <<MAIN
compatibility_level = 3.6
queue_directory = $dir/spool
data_directory = $dir/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = $dir/log/mail.log
maillog_file_prefixes = $dir/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
mynetworks =
smtpd_banner = localhost ESMTP
alias_maps =
local_recipient_maps =
default_transport = error:this server delivers to its Maildir only
virtual_mailbox_domains = regexp:$dir/etc/domains
virtual_mailbox_maps = regexp:$dir/etc/mailboxes
virtual_mailbox_base = $dir
virtual_uid_maps = static:$nobody
virtual_gid_maps = static:$nobody
virtual_minimum_uid = 1
virtual_mailbox_limit = 0
smtpd_tls_cert_file = $dir/tls/server.pem
smtpd_tls_key_file = $dir/tls/server.key
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = $dir/etc/sasl
smtpd_sasl_local_domain = localhost
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access regexp:$dir/etc/recipients, permit_sasl_authenticated, reject
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_client_message_rate_limit = 0
MAIN
    cat >"$dir/etc/domains" <<'MAP'
/./ OK
MAP
    cat >"$dir/etc/mailboxes" <<'MAP'
/./ maildir/
MAP
    cat >"$dir/etc/recipients" <<'MAP'
/^greylisted@/ 450 4.7.1 Greylisted, try again later
/^full@/ 452 4.2.2 Mailbox full
/^unknown@/ 550 5.1.1 User unknown
/^policy@/ 550 5.7.1 Rejected by policy
/^stall@/ sleep 60
MAP
    cat >"$dir/etc/master.cf" <<MASTER
127.0.0.1:$port inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
error     unix  - - n - - error
discard   unix  - - n - - discard
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
proxymap  unix  - - n - - proxymap
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
MASTER
    postfix -c "$dir/etc" start >"$dir/log/start.log" 2>&1 || {
        cat "$dir/log/start.log" >&2
        echo "postfix.sh: Postfix did not start" >&2
        exit 1
    }
    tries=0
    until openssl s_client -starttls smtp -connect "127.0.0.1:$port" </dev/null >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -ge 50 ]; then
            tail -n 20 "$dir/log/mail.log" >&2 || true
            echo "postfix.sh: Postfix does not answer on port $port" >&2
            stop "$dir"
            exit 1
        fi
        sleep 0.2
    done
    cat <<ENV
DONOR_REGISTRY_TEST_SMTP_HOST=localhost
DONOR_REGISTRY_TEST_SMTP_PORT=$port
DONOR_REGISTRY_TEST_SMTP_USER=sender@localhost
DONOR_REGISTRY_TEST_SMTP_PASSWORD=$password
DONOR_REGISTRY_TEST_SMTP_CA=$dir/tls/ca.pem
DONOR_REGISTRY_TEST_SMTP_MAILDIR=$dir/maildir
ENV
}

stop() {
    dir=$1
    case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
    postfix -c "$dir/etc" stop >/dev/null 2>&1 || true
}

case "${1:-}" in
    start) [ $# -eq 3 ] || usage; start "$2" "$3" ;;
    stop) [ $# -eq 2 ] || usage; stop "$2" ;;
    *) usage ;;
esac
