"""Run dyad on a team's server: the run history in Postgres, two workers, a reverse proxy with authentication."""
