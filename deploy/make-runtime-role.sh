#!/bin/sh
# Run by the image of PostgreSQL in an empty database: the role that web servers and workers connect with.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set database="$POSTGRES_DB" <<'SQL'
-- Not as an argument, which is in the list of processes.
\getenv password POSTGRES_RUNTIME_PASSWORD
CREATE ROLE zitting_runtime LOGIN PASSWORD :'password';
GRANT CONNECT ON DATABASE :"database" TO zitting_runtime;
SQL
