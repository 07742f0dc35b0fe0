#!/bin/sh
# Backups of databases (rule F24): `sh backups.sh take fragalysis` makes one, as the hourly CronJob does; `sh backups.sh list
# fragalysis` prints the newest as JSON. Where they are, and who asks, libpq's own variables say: PGHOST, PGPORT, PGUSER and
# PGPASSFILE; nothing secret stands in an argument.
set -eu
folder=${FRAGALYSIS_BACKUPS:-backups}
what=$1
shift
mkdir -p "$folder"

take() {
  name=backup-$(date -u +%Y-%m-%dT%H:%M:%SZ)-$1.dump
  pg_dump --format=custom --file="$folder/$name.part" --dbname="$1"
  mv "$folder/$name.part" "$folder/$name"
}

list() {
  # Names begin with their time, so the last one is the newest.
  newest=$(find "$folder" -name "backup-*Z-$1.dump" | sort | tail -n 1)
  [ -n "$newest" ] || return 0
  name=${newest##*/} at=${newest##*/backup-}
  printf '%s{"store":"%s","name":"%s","at":"%s","bytes":%s,"hash":"sha256:%s"}' "$separator" "$1" "$name" \
    "${at%%Z-*}Z" "$(wc -c <"$newest")" "$(sha256sum "$newest" | cut -d' ' -f1)"
  separator=','
}

case $what in
take) for database in "$@"; do take "$database"; done ;;
list)
  separator=''
  printf '['
  for database in "$@"; do list "$database"; done
  printf ']\n'
  ;;
*)
  echo "usage: sh backups.sh take|list DATABASE…" >&2
  exit 2
  ;;
esac
