#!/bin/sh
# Backs the database up, restores it beside and counts what came back (rules H20, H21); prints that as JSON.
# The connection string comes from INGEST_RELEASE_MONGO_URI and never stands in an argument.
set -eu
database=$1
folder=${INGEST_BACKUPS:-backups}
mkdir -p "$folder"
name=$database-$(date -u +%Y-%m-%dT%H_%M).archive
config=$(mktemp)
trap 'rm -f "$config"' EXIT
printf 'uri: "%s"\n' "$INGEST_RELEASE_MONGO_URI" >"$config"
mongodump --quiet --config "$config" --db "$database" --gzip --archive="$folder/$name.part"
mv "$folder/$name.part" "$folder/$name"
restored=$(mongorestore --config "$config" --gzip --archive="$folder/$name" --drop \
  --nsFrom "$database.*" --nsTo "${database}_restored.*" 2>&1 |
  sed -n "s/.*finished restoring ${database}_restored\.\([A-Za-z]*\) (\([0-9]*\) document.*/\"\1\": \2/p" | paste -sd, -)
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
printf '[{"store":"%s","name":"%s","at":"%s","bytes":%s,"hash":"sha256:%s","restored":{"at":"%s","counts":{%s}}}]\n' \
  "$database" "$name" "$now" "$(wc -c <"$folder/$name")" "$(sha256sum "$folder/$name" | cut -d' ' -f1)" "$now" "$restored"
