"""Test figures that an independent reader looked up, one by one: each has the correct value, or is marked as doubtful."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from warehouse.connect import connect


def gacc(period: str, frequency: str = "annual") -> str:
    """Return SQL for the current exports, imports and total of the Chinese customs, quoted by the press, in bn USD."""
    return (
        "select round(sum(value_usd) filter (where flow = 'export') / 1e9, 3), round(sum(value_usd) filter (where flow = 'import') / 1e9, 3), "
        "round(sum(value_usd) filter (where flow = 'total') / 1e9, 3) from core.trade_flow "
        f"where source = 'gacc_press' and is_current and frequency = '{frequency}' and period_start = '{period}' and partner_iso3 = 'RUS'"
    )


def derived(period: str) -> str:
    """Return SQL for the derived exports and imports and their sum, in bn USD."""
    return (
        "select round(sum(value_usd) filter (where flow = 'export') / 1e9, 3), round(sum(value_usd) filter (where flow = 'import') / 1e9, 3), "
        f"round(sum(value_usd) filter (where flow <> 'total') / 1e9, 3) from core.derived_trade where period_start = '{period}'"
    )


def growth(year: int) -> str:
    """Return SQL for the estimates of Russian growth in a year, in the order in which they became known."""
    return (
        "select value, min(known_on) from core.economy_indicator where iso3 = 'RUS' and indicator = 'gdp_growth_pct' and not is_forecast "
        f"and evidence_id like 'national_statistics/%' and year = {year} group by value order by 2"
    )


def fcs(year: int) -> str:
    """Return SQL for Russia's own figures of its trade with China, in bn USD, the newest first."""
    return (
        "select value_usd / 1e9, is_estimate from core.trade_flow where source = 'fcs_russia' and partner_iso3 = 'CHN' "
        f"and period_start = '{year}-01-01' order by is_current desc"
    )


# name: (SQL, rows)
FIGURES: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    # trade
    "2007, by trade mission and customs": (gacc("2007-01-01"), [(28.48, 19.67, 48.16)]),
    "2009, exports alone": (gacc("2009-01-01"), [(17.496, None, None)]),
    "2010": (gacc("2010-01-01"), [(29.61, 25.84, 55.44)]),
    "2013, total alone": (gacc("2013-01-01"), [(None, None, 89.21)]),
    "2014": (gacc("2014-01-01"), [(53.68, 41.6, 95.28)]),
    "2015 in dollars; converted yuan is an estimate and superseded": (
        "select value_usd / 1e9, is_estimate, is_current from core.trade_flow "
        "where source = 'gacc_press' and frequency = 'annual' and period_start = '2015-01-01' order by known_on",
        [(64.2, True, False), (68.0, False, True)],
    ),
    "2015 from 2016 and its growth": (derived("2015-01-01"), [(34.76, 33.259, 68.019)]),
    "2016 with its split": (gacc("2016-01-01"), [(37.297, 32.228, 69.525)]),
    "2017 with its split": (gacc("2017-01-01"), [(42.88, 41.2, 84.07)]),
    "2018": (gacc("2018-01-01"), [(47.98, 59.08, 107.06)]),
    "December 2018": (gacc("2018-12-01", "monthly"), [(None, None, 9.8)]),
    "2023 to two decimals": (gacc("2023-01-01"), [(110.97, 129.14, 240.11)]),
    "January to May 2024": (gacc("2024-05-01", "year_to_date"), [(41.8, 54.7, 96.5)]),
    "May 2024": (gacc("2024-05-01", "monthly"), [(9.1, 10.7, None)]),
    "January to March 2025": (gacc("2025-03-01", "year_to_date"), [(22.725, 30.488, 53.213)]),
    "January to May 2025": (gacc("2025-05-01", "year_to_date"), [(38.886, 49.91, 88.796)]),
    "May 2025": (gacc("2025-05-01", "monthly"), [(8.101, 9.602, None)]),
    "April 2025 is derived": (derived("2025-04-01"), [(8.06, 9.82, 17.88)]),
    "2025 with its split": (gacc("2025-01-01"), [(103.309, 124.796, 228.105)]),
    "December 2025 is published, 0.04 below the difference": (gacc("2025-12-01", "monthly"), [(11.711, 12.683, None)]),
    "January 2026 is derived": (derived("2026-01-01"), [(9.072, 10.782, 19.854)]),
    "January to April 2026": (gacc("2026-04-01", "year_to_date"), [(37.83, 47.41, 85.24)]),
    "Russia's own figure of 2019": (fcs(2019), [(111.0, False)]),
    "Russia's own figure of 2023, and 'almost 228'": (fcs(2023), [(227.8, False), (228.0, True)]),
    # ranks and shares
    "Russia's share of the trade with all of China's partners, aggregates aside": (
        "select round(100 * sum(trade_usd) filter (where partner_iso3 = 'RUS') / sum(trade_usd), 1) from core.partner_trade "
        "where country = 'CHN' and year = 2023 and not is_aggregate",
        [(4.1,)],
    ),
    "years in which the row of the world in a table of partners is not the published total": (
        "select country, year from core.partner_trade as w join core.partner_table as t using (country, year) "
        "where w.partner_iso3 = 'WLD' and abs(w.trade_usd / t.total_trade_usd - 1) > 0.001",
        [],
    ),
    "years whose whole table of partners, aggregates aside, does not add up to the published total": (
        "select country, year from core.partner_table as t join "
        "(select country, year, sum(trade_usd) as partners_usd from core.partner_trade where not is_aggregate group by country, year) as p "
        "using (country, year) where t.is_complete and not t.is_incomplete and p.partners_usd / t.total_trade_usd not between 0.95 and 1.01",
        [],
    ),
    "China's share of Russia's trade on Russia's own figures": (
        "select round(100 * c.value_usd / w.value_usd, 1) from core.trade_flow as c join core.trade_flow as w "
        "on w.source = c.source and w.period_start = c.period_start and w.partner_iso3 = 'WLD' "
        "where c.source = 'fcs_russia' and c.partner_iso3 = 'CHN' and c.is_current and c.period_start = '2023-01-01'",
        [(32.1,)],
    ),
    "Russia's partners of 2009 to 2011 are marked where they were read": (
        "select note like '%2009, 2010 and 2011 add up to 88, 91 and 83 percent%' from raw.documents where document = 'workbook-rus-2022'",
        [(True,)],
    ),
    "bundled estimates, and those whose note does not say how they were made": (
        "select count(*) > 900, count(*) filter (where note is null) from raw.trade_flow where is_estimate",
        [(True, 0)],
    ),
    "the European Union's eleven months of 2023 rank nothing": (
        "select value_usd / 1e9, is_partial, is_estimate from core.trade_flow where partner_iso3 = 'EUU' and source = 'ria_novosti'",
        [(89.0, True, True)],
    ),
    "China's partners of four years, counted elsewhere too": (
        "select year, rank from charts.trade_dependence where country = 'CHN' and rule = 'A' and rank is not null and year in (2014, 2016, 2017, 2021) order by year",
        [(2014, 9), (2016, 14), (2017, 12), (2021, 11)],
    ),
    "energy in 2021 without freight, in 2021 with it, in 2023 with it": (
        "select year, round(share_pct, 1) from charts.trade_composition where exporter = 'RUS' and hs_chapter = '27' and year in (2021, 2023) "
        "union all select year, round(share_pct, 1) from core.derived_energy_share where year = 2021 order by all",
        [(2021, 67.5), (2021, 69.5), (2023, 73.5)],
    ),
    "energy in 2021 by the importer's total, with no and with all of the other freight on it": (
        "select round(100 * e.energy_usd / t.value_usd, 1), round(100 * (e.energy_usd + t.value_usd - e.flow_usd) / t.value_usd, 1) "
        "from core.derived_energy_share as e join core.trade_flow as t on t.reporter = e.importer and t.partner_iso3 = e.exporter "
        "where e.year = 2021 and t.source = 'un_comtrade' and t.flow = 'import' and t.frequency = 'annual' and t.period_start = '2021-01-01'",
        [(67.2, 70.6)],
    ),
    # growth
    "Russian growth in 2023": (growth(2023), [(3.6, dt.date(2024, 2, 7)), (4.1, dt.date(2025, 2, 7))]),
    "Russian growth in 2024": (
        growth(2024),
        [(4.1, dt.date(2025, 2, 7)), (4.3, dt.date(2025, 4, 11)), (4.9, dt.date(2026, 2, 11))],
    ),
    "Russian growth in 2025": (growth(2025), [(1.0, dt.date(2026, 2, 9))]),
    # exercises
    "a drill of Iran and Russia alone is not counted": (
        "select count(*) filter (where exercise_id = 'maritime-security-belt-2026'), count(*) filter (where year(start_date) = 2026) > 0 "
        "from core.exercise",
        [(0, True)],
    ),
    "why it is not counted": (
        "select coverage_note like '%Not counted: Maritime Security Belt 2026%reported as a drill of Iran and Russia only%' "
        "from catalog.source where source = 'dyad_exercises'",
        [(True,)],
    ),
    "a count by a wider rule is named beside this one": (
        "select coverage_note like '%CSIS counts 113 from 2003 to August 2025, by a wider rule%' from catalog.source where source = 'dyad_exercises'",
        [(True,)],
    ),
    "Vostok-2022: ten states, two of them at sea": (
        "select len(participants), participants_at_sea, other_participants from core.exercise join charts.naval_drills using (exercise_id) "
        "where exercise_id = 'vostok-2022'",
        [(10, ["CHN", "RUS"], [])],
    ),
    "Mosi II lies off Africa": (
        "select d.region, e.region, d.sea from charts.naval_drills as d join core.exercise as e using (exercise_id) "
        "where exercise_id = 'mosi-ii-2023'",
        [("Africa", "Africa", "Indian Ocean")],
    ),
    "Norak 2009": (
        "select start_date, end_date, participants from core.exercise where exercise_id = 'norak-antiterror-2009'",
        [(dt.date(2009, 4, 17), dt.date(2009, 4, 19), ["CHN", "KAZ", "KGZ", "RUS", "TJK"])],
    ),
    "the eleventh air patrol rests on no ministry or agency": (
        "select confidence, is_primary from raw.exercise join core.evidence using (evidence_id) where exercise_id = 'joint-air-patrol-11'",
        [("single source", False)],
    ),
    # votes
    "the newest veto is provisional, with the vote it may be confused with": (
        "select e.title like '%provisional', e.is_primary, v.note like 'PROVISIONAL%procedural one of 2026-03-12%settled by SC/16455%' "
        "from raw.veto as v join core.evidence as e using (evidence_id) where v.draft_symbol = 'S/2026/740'",
        [(True, False, True)],
    ),
    "two amendments of 2025": (
        "select draft_symbol, in_favour from core.veto where draft_symbol in ('S/2025/115', 'S/2025/116') order by 1",
        [("S/2025/115", 9), ("S/2025/116", 11)],
    ),
    "a third failed without a veto": (
        "select in_favour, against, abstained from raw.failed_draft where vote_date = '2025-02-24'",
        [(6, 1, 8)],
    ),
    "roll calls, and those that cite the veto list": (
        "select count(*) > 800, count(*) filter (where e.title like '%: Veto List%') from raw.roll_call join core.evidence as e using (evidence_id)",
        [(True, 0)],
    ),
    "copies on personal repositories, and those that do not say so": (
        "select count(*) > 20, count(*) filter (where is_primary or via is null) from raw.documents where via_url like 'https://github.com/%' or url like 'https://github.com/%'",
        [(True, 0)],
    ),
    # blocs
    "ten members of BRICS, and one in dispute": (
        "select count(*) filter (where status = 'member'), string_agg(iso3, ' ') filter (where status = 'invited' and invited_as = 'member' and is_disputed) "
        "from raw.membership where bloc = 'BRICS' and end_date is null",
        [(10, "SAU")],
    ),
    "South Africa, invited in 2010 and present from 2011": (
        "select since, until, is_disputed from core.membership where bloc = 'BRICS' and iso3 = 'ZAF' and status = 'member' order by since",
        [(dt.date(2010, 12, 23), dt.date(2011, 4, 14), True), (dt.date(2011, 4, 14), None, False)],
    ),
    "Belarus, observer of the SCO": (
        "select since, until from core.membership where bloc = 'SCO' and iso3 = 'BLR' and status = 'observer'",
        [(dt.date(2015, 7, 10), dt.date(2024, 7, 4))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_a_known_figure_is_right(name: str, built: Path) -> None:
    sql, rows = FIGURES[name]
    with connect(built.parent) as con:
        assert con.execute(sql).fetchall() == rows
