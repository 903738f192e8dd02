#!/bin/sh
# Restarts the instances one after the other. The next one is stopped when this one is ready and the proxy has had time to see it.
set -eu

is_ready() {
	if [ -S "/run/shop-$1/http.sock" ]; then
		set -- --unix-socket "/run/shop-$1/http.sock" http://shop/readyz
	else
		set -- "http://127.0.0.1:$1/readyz"
	fi
	curl --fail --silent --output /dev/null "$@"
}

for instance in 8001 8002; do
	systemctl restart "shop@$instance"
	until is_ready "$instance"; do
		sleep 0.5
	done
	sleep 3
done
