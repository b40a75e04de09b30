"""Define what starts refreshes, daily, weekly and monthly schedules and a sensor on UN Comtrade's release dates, and list all sensors.

Put here when a run starts, not what it does (`assets`) or how its failure is announced (`alerts`).
"""

import os
from collections.abc import Sequence

import dagster as dg

from pipelines.alerts import failure_sensor
from pipelines.config import run_config
from pipelines.settings import DEFAULT_DYAD, scope
from schemas.errors import Refused
from sources.live import planning
from sources.snapshot import Source

# by night in Europe, at different times; a run waits in Dagster's queue if another is running
CRONS = {"daily": "0 3 * * *", "weekly": "30 3 * * 1", "monthly": "0 4 2 * *"}
RELEASES = "un_comtrade"  # the one publisher that dates the release of every reporter and period
SIX_HOURS = 6 * 60 * 60


def _is_on() -> bool:
    """Return true under `make serve`; under `make ui` no schedule runs."""
    return os.environ.get("DYAD_SCHEDULES") == "on"


def schedules(sources: Sequence[Source], job: str) -> list[dg.ScheduleDefinition]:
    """Return a daily, a weekly and a monthly schedule, each for the sources with that word under `schedule` in their `origin.yaml`."""
    status = dg.DefaultScheduleStatus.RUNNING if _is_on() else dg.DefaultScheduleStatus.STOPPED
    names_by_interval = {interval: [s.name for s in sources if s.origin.get("schedule") == interval] for interval in CRONS}
    return [
        dg.ScheduleDefinition(
            name=f"refresh_{interval}",
            cron_schedule=CRONS[interval],
            execution_timezone="UTC",
            job_name=job,
            run_config=run_config(live=names),
            default_status=status,
            description=f"Ask {', '.join(names)} and build a release",
        )
        for interval, names in names_by_interval.items()
        if names
    ]


def sensors(job: str) -> list[dg.SensorDefinition]:
    """Return the sensor on UN Comtrade's releases, and the sensor that notifies of failed runs."""
    status = dg.DefaultSensorStatus.RUNNING if _is_on() else dg.DefaultSensorStatus.STOPPED
    return [_release_sensor(job, status), failure_sensor(status)]


def _release_sensor(job: str, status: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    """Return the sensor that reads UN Comtrade's release dates, and requests a refresh if they changed."""

    @dg.sensor(
        name="comtrade_releases", job_name=job, minimum_interval_seconds=SIX_HOURS,
        default_status=status,
        description="A refresh as soon as UN Comtrade releases a period of the states of the default pair",
    )  # fmt: skip
    def comtrade_releases(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        try:
            released = planning.release_signature(RELEASES, scope([DEFAULT_DYAD]))
        except Refused as error:
            return dg.SkipReason(str(error))
        if released == context.cursor:
            return dg.SkipReason("UN Comtrade released nothing new")
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=released, run_config=run_config(live=[RELEASES]))], cursor=released)

    return comtrade_releases
