#!/bin/sh
# sh db/embed.sh FILE SYMBOL: prints a C file that defines the text of FILE as SYMBOL, declared in
# db/schema.h. Bytes, because C11 promises string literals of 4095 characters only.
set -eu
[ $# -eq 2 ] || { echo "usage: embed.sh FILE SYMBOL" >&2; exit 2; }
if LC_ALL=C tr -d '\t\n -~' < "$1" | grep -q .; then
    echo "embed.sh: $1: ASCII only" >&2
    exit 1
fi
printf '/* Made from %s by db/embed.sh. */\n#include "db/schema.h"\n\n' "$1"
printf 'const char %s[] = {\n' "$2"
od -An -v -tu1 "$1" | sed 's/  */, /g; s/^, //; s/$/,/'
printf '0 };\n'
