#!/usr/bin/env bash
# Fetches model2vec.bin and puts it beside this script, verified.
#
#   model/download.sh [SOURCE]
#
# SOURCE: https://… , s3://… (needs the aws command line) or a file or folder.
# Without it MODEL_URL is used, then "url" in metadata.json. metadata.json says
# what size and SHA-256 the file must have, so it comes from a source you trust:
# the repository. An interrupted download over https goes on where it stopped.
set -euo pipefail

readonly FOLDER=${MODEL_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)}
readonly METADATA=$FOLDER/metadata.json
readonly MIN_BYTES=8000000 MAX_BYTES=30000000

fail() {
  echo "download.sh: $*" >&2
  exit 1
}

# The files' entries in metadata.json are flat objects, so no JSON parser is needed.
field_of() { # FILE FIELD
  tr -d '\n' <"$METADATA" | sed -n "s/.*\"$1\": *{\([^}]*\)}.*/\1/p" | sed -n "s/.*\"$2\": *\"\{0,1\}\([A-Za-z0-9]*\).*/\1/p"
}

sha256_of() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

size_of() { wc -c <"$1" | tr -d ' '; }

is_right() { # FILE NAME
  [[ -f $1 ]] && [[ $(size_of "$1") == "$(field_of "$2" bytes)" ]] && [[ $(sha256_of "$1") == "$(field_of "$2" sha256)" ]]
}

fetch() { # SOURCE NAME TARGET
  local from=$1
  case $from in
    */"$2") ;;
    https://*.bin | https://*.txt | s3://*.bin | s3://*.txt) from=${from%/*}/$2 ;;
    *) if [[ $from == *://* || -d $from ]]; then from=${from%/}/$2; else from=$(dirname "$from")/$2; fi ;;
  esac
  case $from in
    https://*)
      curl --fail --location --silent --show-error --proto '=https' --retry 3 --continue-at - --output "$3" "$from" ||
        fail "cannot download $from"
      ;;
    s3://*)
      command -v aws >/dev/null || fail "$from needs the aws command line"
      aws s3 cp --only-show-errors "$from" "$3" || fail "cannot download $from"
      ;;
    *://*) fail "unsupported source '$from': give https://, s3:// or a path" ;;
    *)
      [[ -f $from ]] || fail "no such file: $from"
      cp "$from" "$3" || fail "cannot copy $from"
      ;;
  esac
}

[[ $# -le 1 ]] || fail "usage: $0 [SOURCE]"
[[ -f $METADATA ]] || fail "$METADATA is missing: it says what the model's files must be"

bytes=$(field_of model2vec.bin bytes)
[[ -n $bytes ]] || fail "$METADATA does not describe model2vec.bin"
((bytes >= MIN_BYTES && bytes <= MAX_BYTES)) ||
  fail "metadata.json gives model2vec.bin $bytes bytes; a model has $MIN_BYTES to $MAX_BYTES"

missing=()
for name in model2vec.bin vocab.txt; do
  is_right "$FOLDER/$name" "$name" || missing+=("$name")
done
if [[ ${#missing[@]} -eq 0 ]]; then
  echo "model2vec.bin and vocab.txt are already right; nothing to do"
  exit 0
fi

source=${1:-${MODEL_URL:-$(tr -d '\n' <"$METADATA" | sed -n 's/.*"url": *"\([^"]*\)".*/\1/p')}}
[[ -n $source ]] ||
  fail "no source: give one (https://…, s3://… or a path), set MODEL_URL, or put \"url\" into metadata.json"

# All files are verified before the first is put in place; only complete ones are renamed.
for name in "${missing[@]}"; do
  partial=$FOLDER/$name.download
  fetch "$source" "$name" "$partial"
  if ! is_right "$partial" "$name"; then
    found="$(size_of "$partial") bytes, SHA-256 $(sha256_of "$partial")"
    rm -f "$partial"
    fail "$name from $source is damaged or another version: $found; metadata.json wants $(field_of "$name" bytes) bytes, $(field_of "$name" sha256)"
  fi
done
for name in "${missing[@]}"; do
  mv -f "$FOLDER/$name.download" "$FOLDER/$name"
  echo "$FOLDER/$name: verified and in place"
done
