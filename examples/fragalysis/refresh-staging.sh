#!/bin/sh
# Gives staging a fresh copy of production's database (rule F16): `sh refresh-staging.sh fragalysis fragalysis_staging`. What staging
# had goes, with the journal of what was released into it: the next `pulumi up` of staging takes the copy as it finds it.
# Who asks, and where, libpq's own variables say, as in backups.sh. Stopped halfway, it is simply begun again.
set -eu
production=$1 staging=$2 journal=${3:-slipway_fragalysis_staging}
copied_at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
copy=${staging}_copy
dump=$(mktemp)
trap 'rm -f "$dump"' EXIT
ask() { psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname=postgres "$@"; }

pg_dump --format=custom --file="$dump" --dbname="$production"
owner=$(ask --command="SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '$production'")
dropdb --if-exists --force "$copy"
createdb --owner="$owner" --template=template0 "$copy"
pg_restore --exit-on-error --dbname="$copy" "$dump"

# Versions that releases left beside staging's database belong to the journal that goes.
rm -f rehearsal.json
ask --command="SELECT datname FROM pg_database WHERE datname IN ('$staging', '$journal') OR starts_with(datname, '${staging}__')" |
  while read -r old; do dropdb --force "$old"; done
ask --command="ALTER DATABASE \"$copy\" RENAME TO \"$staging\""

printf '{ "copiedAt": "%s", "freshVolume": true }\n' "$copied_at" >rehearsal.json.part
mv rehearsal.json.part rehearsal.json
