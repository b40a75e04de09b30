"""Run dyad on a team's server: the run history in Postgres, two web servers with one daemon, a reverse proxy with authentication."""
