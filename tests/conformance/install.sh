#!/bin/sh
# Installs the npm packages of this folder, unless they are there.
set -eu
cd -- "$(dirname -- "$0")"
stamp=node_modules/.authtui-stamp
cmp -s package-lock.json "$stamp" && exit 0
npm ci --no-audit --no-fund --loglevel=error >&2
cp package-lock.json "$stamp"
