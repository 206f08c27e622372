#!/bin/sh
# embed.sh FILE SYMBOL: prints C source that holds the file as `const char SYMBOL[]`, ended by NUL.
# Bytes rather than one literal: C11 promises only 4095 characters of those.
set -eu
printf '/* Made from %s by tools/embed.sh. */\nextern const char %s[];\nconst char %s[] = {\n' "$1" "$2" "$2"
od -An -v -tu1 "$1" | sed 's/  */,/g; s/^,//; s/$/,/'
printf '0};\n'
