#!/bin/sh
# Backs the named databases up and prints that as JSON (rule F24). Where they are, and who asks, libpq's own variables say:
# PGHOST, PGPORT, PGUSER and PGPASSFILE; nothing secret stands in an argument.
set -eu
folder=${FRAGALYSIS_BACKUPS:-backups}
mkdir -p "$folder"
separator='['
for database in "$@"; do
  name=backup-$(date -u +%Y-%m-%dT%H:%M:%SZ)-$database.dump
  pg_dump --format=custom --file="$folder/$name.part" --dbname="$database"
  mv "$folder/$name.part" "$folder/$name"
  printf '%s{"store":"%s","name":"%s","at":"%s","bytes":%s,"hash":"sha256:%s"}' "$separator" "$database" "$name" \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(wc -c <"$folder/$name")" "$(sha256sum "$folder/$name" | cut -d' ' -f1)"
  separator=','
done
printf ']\n'
