#!/bin/sh
# start.sh [PORT]: starts the OpenID provider on loopback, in the foreground.
# PORT 0 takes any free port. The line `READY <issuer>` on standard output says
# that it answers. Settings are environment variables; see README.md.
set -eu
cd -- "$(dirname -- "$0")"
./install.sh
exec node server.mjs "${1:-${PORT:-9400}}"
