"""Simulate the publishers: a threaded HTTP server that answers in the format of each, and can fail in every way that they can.

    with Publishers() as world:
        os.environ.update(world.environment())                 # a test sets them with `monkeypatch.setenv`
        world.wdi["CHN", 2023, "NY.GDP.MKTP.KD.ZG"] = 5.4      # revise a figure
        world.updated = "2026-12-01"                           # report the revision in the change detector
        world.faults["world_bank_wdi"] = [status(429), cut_connection]   # replace the next answers of that source, in order
        world.requests                                            # (source, path, query, headers) of every request so far

Formats, field names and error bodies are the publishers'. The trade of the pair and of the world is the bundled one, so that a
release from these answers passes its audits; other figures are invented.
"""

import csv
import gzip
import hashlib
import io
import json
import socket
import threading
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from sources.connector import BUNDLED, Scope
from sources.live import clock

SCOPE = Scope(("CHN-RUS",), 2020, 2024)  # the dyad and years with figures
WDI_NAMES = {
    "NY.GDP.MKTP.CD": "GDP (current US$)",
    "NY.GDP.MKTP.KD.ZG": "GDP growth (annual %)",
    "FP.CPI.TOTL.ZG": "Inflation, consumer prices (annual %)",
    "PA.NUS.FCRF": "Official exchange rate (LCU per US$, period average)",
}


class Reply(NamedTuple):
    """An honest answer."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200
    headers: dict[str, str] = {}


def as_json(value: Any, **more: Any) -> Reply:
    return Reply(json.dumps(value).encode(), **more)


class ReceivedRequest(NamedTuple):
    """A request that a source received."""

    source: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


# ---- faulty answers: each takes the request's handler and the honest reply


def status(code: int, body: bytes = b"", **headers: str) -> Callable:
    """Answer with an error status; headers are given as `retry_after="1"`."""

    def fault(handler: "_Handler", honest: Reply) -> None:
        handler.reply(Reply(body, status=code, headers={k.replace("_", "-"): v for k, v in headers.items()}))

    return fault


def body(data: bytes, content_type: str = "application/json") -> Callable:
    """Answer HTTP 200 with these bytes instead."""
    return lambda handler, honest: handler.reply(Reply(data, content_type))


def changed(change: Callable[[bytes], bytes]) -> Callable:
    """Answer HTTP 200 with the honest bytes changed."""
    return lambda handler, honest: handler.reply(honest._replace(body=change(honest.body)))


def hang(seconds: float) -> Callable:
    """Wait, then close the connection without an answer."""

    def fault(handler: "_Handler", honest: Reply) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return fault


def cut_connection(handler: "_Handler", honest: Reply) -> None:
    """Reset the connection without an answer."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def truncated_body(handler: "_Handler", honest: Reply) -> None:
    """Send half of the body, then close the connection."""
    handler.raw(len(honest.body), honest, honest.body[: len(honest.body) // 2])


def short_content_length(handler: "_Handler", honest: Reply) -> None:
    """Announce a Content-Length smaller than the body."""
    handler.raw(len(honest.body) - 7, honest, honest.body)


def gzip_garbage(handler: "_Handler", honest: Reply) -> None:
    """Send a damaged gzip stream."""
    packed = bytearray(gzip.compress(honest.body))
    packed[12:20] = b"\xff" * 8
    handler.reply(Reply(bytes(packed), honest.content_type, headers={"Content-Encoding": "gzip"}))


def gzip_bomb(size: int) -> Callable:
    """Send a small gzip stream that expands to `size` blanks."""
    packed = gzip.compress(b" " * size)
    return lambda handler, honest: handler.reply(Reply(packed, honest.content_type, headers={"Content-Encoding": "gzip"}))


def redirect_loop(handler: "_Handler", honest: Reply) -> None:
    """Redirect the request to itself."""
    handler.reply(Reply(b"", status=302, headers={"Location": handler.path}))


def redirect_to(url: str) -> Callable:
    return lambda handler, honest: handler.reply(Reply(b"", status=302, headers={"Location": url}))


def html_challenge(handler: "_Handler", honest: Reply) -> None:
    """Send a page for humans with HTTP 200."""
    handler.reply(Reply(b"<!DOCTYPE html><html><body>Checking your browser</body></html>", "text/html"))


def endless(handler: "_Handler", honest: Reply) -> None:
    """Send a body of two gigabytes without a Content-Length."""
    handler.send_response(200)
    handler.send_header("Content-Type", honest.content_type)
    handler.end_headers()
    handler.close_connection = True
    block = b"[" + b" " * 65535
    try:
        for _ in range(2 * 2**30 // len(block)):
            handler.wfile.write(block)
    except OSError:
        pass  # the client hung up, as it should


def trickle(pause: float, code: int = 200) -> Callable:
    """Send single bytes with a pause between them, without end, so that no read times out."""

    def fault(handler: "_Handler", honest: Reply) -> None:
        handler.send_response(code)
        handler.end_headers()
        handler.close_connection = True
        try:
            while True:
                handler.wfile.write(b"[")
                time.sleep(pause)
        except OSError:
            pass  # the client hung up, as it should

    return fault


def two_gigabytes_announced(handler: "_Handler", honest: Reply) -> None:
    handler.raw(2 * 2**30, honest, b"[")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        world: Publishers = self.server.world  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        _, source, rest = parts.path.split("/", 2)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        world.requests.append(ReceivedRequest(source, unquote(rest), query, {k.lower(): v for k, v in self.headers.items()}))
        honest = world.honest(source, unquote(rest), query)
        etag = honest.headers.get("ETag")
        if etag and self.headers.get("If-None-Match") == etag:
            honest = Reply(b"", honest.content_type, 304, honest.headers)
        fault = world.next_fault(source)
        fault(self, honest) if fault else self.reply(honest)

    def reply(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status not in (204, 304):
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if reply.status not in (204, 304):
            self.wfile.write(reply.body)

    def raw(self, announced: int, honest: Reply, sent: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", honest.content_type)
        self.send_header("Content-Length", str(announced))
        self.end_headers()
        self.wfile.write(sent)
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Log nothing."""


class Publishers:
    """The server and the figures that it publishes, which are attributes that a test can change."""

    def __init__(self) -> None:
        self.requests: list[ReceivedRequest] = []
        self.faults: dict[str, list[Callable]] = defaultdict(list)
        self.delay = 0.0  # seconds before every answer, so that a test can kill a refresh while it waits
        self.updated = "2026-07-13"
        self.wdi: dict[tuple[str, int, str], float | None] = {
            (iso3, year, code): 1.001 * value for (iso3, year, code), value in bundled_indicators().items() if year in range(2020, 2025)
        }
        # UN Comtrade: last release by (reporter code, period)
        self.released = {
            (reporter, period): "2026-03-01T08:00:00"
            for reporter, last in (("156", 2024), ("643", 2021))
            for year in range(2020, last + 1)
            for period in [str(year), *(f"{year}{month:02}" for month in range(1, 13))]
        }
        self.trade = bundled_trade()
        self.trade_factor: dict[tuple[str, str], float] = {}  # factor on the bundled figures, by (reporter code, period)
        self.imf_factor = 1.0
        self.partners = ["0", "156", "643", "842", "699", "490", "899"]
        self.vetoes = [
            "37,S/2024/239,2024-03-22,9584,The situation in the Middle East,Gaza,2,1,1,0,0,0,https://undocs.org/S/2024/239,2026-11-01",
            "38,S/2026/801,2026-10-20,10240,Non-proliferation,Non-proliferation,1,0,1,0,0,0,https://undocs.org/S/2026/801,2026-11-01",
        ]
        self.votes = [(f"S/RES/{number}", "2026-01-30", member, "Y") for number in (2814, 2815) for member in ("CHN", "RUS", "GBR")]
        self.votes_file = "2026_02_06_sc_voting.csv"
        # of each resolution of the Assembly: session, symbol, day and the letters of three states
        self.ballots = [
            ("78", "A/RES/78/7", "2023-11-02", "YYN"),
            ("ES-11", "A/RES/ES-11/1", "2022-03-02", "ANY"),
            ("74", "A/RES/74/7", "2019-11-07", "YYN"),
        ]
        self.members = {"Q243630": ["BRA", "RUS", "IND", "CHN", "ZAF"], "Q485207": ["CHN", "RUS", "XKX"]}
        self.observers = [("Q485207", "MNG", "observer"), ("Q485207", "AFG", "dialogue partner"), ("Q485207", "KAZ", "member state")]
        self._guard = threading.Lock()

    def __enter__(self) -> "Publishers":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.world = self  # type: ignore[attr-defined]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(self, *error: Any) -> None:
        self._server.shutdown()
        self._server.server_close()

    def environment(self) -> dict[str, str]:
        """Return `DYAD_<SOURCE>_URL` of every simulated source, the contact that one requires, and a folder as certificates, quick to load."""
        return {"DYAD_CONTACT": "desk@example.org", "SSL_CERT_FILE": "", "SSL_CERT_DIR": str(Path(__file__).parent)} | {
            f"DYAD_{source.upper()}_URL": f"{self.url}/{source}" for source in self.played()
        }

    def played(self) -> list[str]:
        return sorted(name.removeprefix("answer_") for name in dir(self) if name.startswith("answer_"))

    def honest(self, source: str, path: str, query: dict[str, str]) -> Reply:
        time.sleep(self.delay)
        return getattr(self, f"answer_{source}")(path, query)

    def next_fault(self, source: str) -> Callable | None:
        with self._guard:
            return self.faults[source].pop(0) if self.faults[source] else None

    def answer_world_bank_wdi(self, path: str, query: dict[str, str]) -> Reply:
        if path == "v2/sources/2":
            meta = {"page": 1, "pages": 1, "per_page": "50", "total": 1}
            return as_json([meta, [{"id": "2", "lastupdated": self.updated, "name": "World Development Indicators", "code": "WDI"}]])
        if path == "v2/country":
            rows = [{"id": iso3, "iso2Code": iso3[:2], "name": iso3} for iso3 in sorted({iso3 for iso3, *_ in self.wdi})]
            return as_json([{"page": 1, "pages": 1, "per_page": "20000", "total": len(rows)}, rows])
        _, _, states, _, code = path.split("/")
        first, last = map(int, query["date"].split(":"))
        rows = [
            {
                "indicator": {"id": code, "value": WDI_NAMES[code]}, "country": {"id": iso3[:2], "value": iso3},
                "countryiso3code": iso3, "date": str(year), "value": value, "unit": "", "obs_status": "", "decimal": 1,
            }
            for (iso3, year, of), value in sorted(self.wdi.items(), reverse=True)
            if of == code and iso3 in states.split(";") and first <= year <= last
        ]  # fmt: skip
        meta = {"page": 1, "pages": 1, "per_page": 20000, "total": len(rows), "sourceid": "2", "lastupdated": self.updated}
        return as_json([meta, rows or None])

    def answer_un_comtrade(self, path: str, query: dict[str, str]) -> Reply:
        frequency = path.split("/")[-2]
        if "/getDa/" in path:
            data = [
                {
                    "datasetCode": int(reporter + period), "typeCode": "C", "freqCode": frequency, "period": period,
                    "reporterCode": int(reporter), "totalRecords": 1000, "datasetChecksum": hash_of(reporter, period, released),
                    "firstReleased": released, "lastReleased": released,
                }
                for (reporter, period), released in self.released.items()
                if reporter == query["reporterCode"] and (len(period) == 6) == (frequency == "M")
            ]  # fmt: skip
        else:
            data = [row for row in self._comtrade(query, frequency) if row["primaryValue"]]
        elapsed = f"{time.monotonic():.6f} secs"  # as the publisher's bytes differ in every answer
        return as_json({"elapsedTime": elapsed, "count": len(data), "data": data, "error": ""})

    def _comtrade(self, query: dict[str, str], frequency: str) -> list[dict[str, Any]]:
        partners = query.get("partnerCode", ",".join(self.partners)).split(",")
        reporter = query["reporterCode"]
        return [
            comtrade_row(reporter, partner, period, flow, chapter, frequency, self._amount(reporter, partner, period, flow) * share)
            for period in query["period"].split(",")
            for flow in query["flowCode"].split(",")
            for partner in partners
            for chapter, share in self._chapters(query["cmdCode"], reporter if flow == "X" else partner).items()
            if partner != reporter and (reporter, period) in self.released
        ]

    def _chapters(self, code: str, exporter: str) -> dict[str, float]:
        """Return shares close to the real ones, since the audits compare them with BACI's."""
        if code != "AG2":
            return {"TOTAL": 1.0}
        return {"27": 0.8, "26": 0.1, "44": 0.1} if CODES[exporter] == "RUS" else {"84": 0.45, "85": 0.4, "87": 0.15}

    def _amount(self, reporter: str, partner: str, period: str, flow: str) -> float:
        amount = self.traded(CODES[reporter], CODES[partner], int(period[:4]), {"M": "import", "X": "export"}[flow])
        part = month_share(CODES[reporter], period, {"M": "import", "X": "export"}[flow]) if len(period) == 6 else 1
        return amount * self.trade_factor.get((reporter, period), 1.0) * part

    def traded(self, reporter: str, partner: str, year: int, flow: str) -> float:
        """Return the bundled figure, else the partner's report, else the last earlier figure plus 1 % of it a year, else 0.1 billion."""
        other = "import" if flow == "export" else "export"
        for y in range(year, 2000, -1):
            for figure in ((reporter, partner, y, flow), (partner, reporter, y, other)):
                if figure in self.trade:
                    return self.trade[figure] * (1 + (year - y) / 100)
        return 1e8

    def answer_imf_imts(self, path: str, query: dict[str, str]) -> Reply:
        reporter, indicators, partner, frequency = path.rsplit("/", 1)[-1].split(".")
        years = range(int(query["startPeriod"]), min(int(query["endPeriod"]), SCOPE.last_year) + 1)  # no later year has bundled figures
        today = f"{clock.now():%Y-M%m}"  # no period has figures before it ends
        periods = [str(y) for y in years] if frequency == "A" else [f"{y}-M{m:02}" for y in years for m in range(1, 13)]
        periods = [period for period in periods if period < today[: len(period)]]
        lines = ["DATAFLOW,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE,DERIVATION_TYPE,STATUS"]
        for indicator in indicators.split("+"):
            for counterpart in [partner] if partner else ["G001", "G998", "CHN", "RUS", "USA", "KOS"]:
                for period in periods:
                    flow = "export" if indicator.startswith("X") else "import"
                    counted = "WLD" if counterpart == "G001" else counterpart
                    share = self.imf_factor * (month_share(reporter, period.replace("-M", ""), flow) if frequency == "M" else 1)
                    value = "NaN" if counterpart == "KOS" else round(self.traded(reporter, counted, int(period[:4]), flow) * share)
                    estimate = "E,e" if reporter == "RUS" and int(period[:4]) > 2021 else "M,"
                    if counterpart != reporter:
                        lines.append(f"IMF.STA:IMTS(1.0.0),{reporter},{indicator},{counterpart},{frequency},{period},{value},6,{estimate}")
        return Reply(("\n".join(lines) + "\n").encode(), "application/vnd.sdmx.data+csv")

    def answer_un_sc_vetoes(self, path: str, query: dict[str, str]) -> Reply:
        if path.endswith(".htm"):
            row = "<tr><td>22 March 2024</td><td>S/2024/239</td><td>S/PV.9584</td><td>Middle East</td><td>China<br>Russian Federation</td></tr>"
            page = f"<html><body><table class=tablefont><tr><th>Date</th></tr>{row}</table></body></html>"
            return Reply(page.encode(), "text/html", headers={"ETag": '"list-1"'})
        header = (
            "id,draft_res#,date,record,agenda,short_agenda,#_of_pms,china,russian_federation_ussr,france,united_states,united_kingdom,"
            "url_for_res#,last_update"
        )
        data = ("\n".join([header, *self.vetoes]) + "\n").encode()
        return Reply(b"\xef\xbb\xbf" + data, "text/csv", headers={"ETag": f'"{hash_of(*self.vetoes)}"'})

    def answer_undl_sc_votes(self, path: str, query: dict[str, str]) -> Reply:
        if path == "api/v1/file":
            base = "https://digitallibrary.un.org/record/4055387/files"
            names = ["2025_7_21_sc_voting.csv", self.votes_file, "2026_02_06_sc_voting_md.md"]
            return as_json([{"name": name.rsplit(".", 1)[0], "url": f"{base}/{name}", "format": name[-4:]} for name in names])
        header = (
            "undl_id,ms_code,ms_name,permanent_member,ms_vote,date,resolution,draft,meeting,description,agenda,subjects,vote_note,"
            "total_yes,total_no,total_abstentions,total_non_voting,total_ms,modality,undl_link"
        )
        lines = [
            f"40,{member},{member},False,{vote},{day},{resolution},,S/PV.1,,Agenda,,,15.0,0.0,0.0,0.0,15.0,Recorded vote,https://x"
            for resolution, day, member, vote in self.votes
        ]
        lines.append("41,CHN,CHINA,True,X,2026-01-31,S/RES/2816,,S/PV.2,,Agenda,,,0,0,0,15,15,Adopted without vote,https://x")
        return Reply(("\ufeff" + "\n".join([header, *lines]) + "\n").encode(), "text/csv")

    def answer_undl_ga_votes(self, path: str, query: dict[str, str]) -> Reply:
        if path == "api/v1/file":
            base = "https://digitallibrary.un.org/record/4060887/files"
            names = ["2025_7_21_ga_voting.csv", "2026_02_06_ga_voting.csv", "2026_02_06_ga_voting_md.md"]
            return as_json([{"name": name.rsplit(".", 1)[0], "url": f"{base}/{name}", "format": name[-4:]} for name in names])
        header = (
            "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,draft,committee_report,meeting,title,agenda_title,subjects,vote_note,"
            "total_yes,total_no,total_abstentions,total_non_voting,total_ms,undl_link"
        )
        lines = [
            f"{number},{member},{member},{vote},{day},{session},{resolution},A/1/L.1,,A/1/PV.1,Title : resolution / adopted,Agenda,,,"
            f"{letters.count('Y')}.0,{letters.count('N')}.0,{letters.count('A')}.0,0.0,3.0,https://x"
            for number, (session, resolution, day, letters) in enumerate(self.ballots, 4025240)
            for member, vote in zip(("CHN", "RUS", "USA"), letters, strict=True)
        ]
        return Reply(("\ufeff" + "\n".join([header, *lines]) + "\n").encode(), "text/csv")

    def answer_wikidata_memberships(self, path: str, query: dict[str, str]) -> Reply:
        bindings = [
            {
                "org": {"type": "uri", "value": f"http://www.wikidata.org/entity/{item}"}, "iso3": {"type": "literal", "value": iso3},
                "memberLabel": {"type": "literal", "value": iso3, "xml:lang": "en"},
            }
            for item, members in self.members.items()
            for iso3 in members
        ]  # fmt: skip
        for item, iso3, role in self.observers:
            binding = {"org": item, "iso3": iso3, "memberLabel": iso3, "roleLabel": role}
            bindings.append({name: {"type": "literal", "value": value} for name, value in binding.items()})
        names = ["org", "iso3", "memberLabel", "start", "startPrecision", "end", "endPrecision", "roleLabel"]
        return as_json({"head": {"vars": names}, "results": {"bindings": bindings}}, content_type="application/sparql-results+json")

    def answer_cepii_baci(self, path: str, query: dict[str, str]) -> Reply:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("BACI_HS92_Y2023_V202601.csv", "t,i,j,k,v,q\n2023,156,643,270900,  12.5,  NA\n")
        return Reply(packed.getvalue(), "application/zip")

    def answer_gacc_country_table(self, path: str, query: dict[str, str]) -> Reply:
        if path.endswith("monthly.html"):
            link = "<a href=http://english.customs.gov.cn/Statics/9f-02.html>Feb.</a>"
            row = f"<tr><td>（2） Imports and Exports by Country （Region） of Origin/Destination</td><td>{link}</td><td><span>Mar.</span></td></tr>"
            return Reply(f'<html><select><option value="2026" selected></select><table>{row}</table></html>'.encode(), "text/html")
        rows = [
            ["（2） Imports and Exports by Country （Region） of Origin/Destination, 2.2026"], ["Unit: US$1,000"],
            ["TOTAL", "18,000,509", "36,000,018", "9,000,309", "18,000,018", "9,000,200", "18,000,000", "1", "1", "1"], ["Asia:", *["9"] * 9],
            ["Russia", "18,000,500", "36,000,000", "9,000,300", "18,000,000", "9,000,200", "18,000,000", "1", "1", "-"],
            ["Ruritania", "9", "18", "9", "18", *["-"] * 5], ["India", "-", "-", "############", "-", "-", "-", "-", "-", "-"],
        ]  # fmt: skip
        table = "".join("<tr>" + "".join(f"<td><p>{cell}</p></td>" for cell in row) + "</tr>" for row in rows)
        return Reply(f"<html><table>{table}</table></html>".encode(), "text/html")

    def answer_mme_exercises(self, path: str, query: dict[str, str]) -> Reply:
        header = (
            "MMEID,Ex_Name,Series_Name,Location,lat,lon,StartDate,s.year,s.month,s.day,EndDate,e.year,e.month,e.day,CPX,Air,Land,Sea,"
            "FocusDescription,StateA,StateB,StateC"
        )
        lines = [
            "mme1,-9,,East Sea,30.3,125.9,10/6/99,1999,10,6,10/6/99,1999,10,6,0,0,0,1,Joint,China,Russia,",
            "mme2,Cobra,,Field,-9,-9,1985-01-xx,1985,1,xx,1985-01-xx,1985,1,xx,0,0,1,1,Joint,Thailand,United States,",
            "mme3,Old,,Field,-9,-9,1985-01-xx,1985,1,xx,,1985,1,xx,0,0,1,1,Joint,Thailand,Ruritania,",
            "mme4,Late,,Field,-9,-9,8/18/05,2005,8,18,,2005,8,25,0,0,1,1,Joint,China,Russia,",
            "mme5,Strait,,Field,-9,-9,8/18/05,2005,8,18,,2005,8,25,0,0,1,1,Joint,Thailand,United States,",
        ]
        return Reply(("\n".join([header, *lines]) + "\n").encode(), "text/csv")


CODES = {"0": "WLD", "156": "CHN", "643": "RUS", "842": "USA", "699": "IND", "490": "TWN", "899": "nowhere"}


@cache
def _bundled_rows(source: str, frequency: str = "annual") -> list[dict[str, str]]:
    with (BUNDLED / source / "snapshot" / "trade_flow.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["frequency"] == frequency and row["partner_iso3"] in CODES.values()]


def bundled_trade() -> dict[tuple[str, str, int, str], float]:
    """Return US dollars by reporter, partner, year and flow; of several sources the last one in the list takes precedence.

    An audit compares months with every bundled year, so that all simulated publishers must give the same report.
    """
    rows = [
        row
        for source in ("imf_dots_extract", "imf_dots", "gacc_country_table", "un_comtrade", "un_comtrade_mirror")
        for row in _bundled_rows(source)
    ]
    return {(r["reporter_iso3"], r["partner_iso3"], int(r["period"][:4]), r["flow"]): float(r["value"]) for r in rows}


@cache
def _bundled_months() -> dict[tuple[str, str], list[float]]:
    """Return China's monthly trade with Russia by year and flow, January first."""
    months: dict[tuple[str, str], list[float]] = defaultdict(list)
    rows = [row for row in _bundled_rows("un_comtrade", "monthly") if row["reporter_iso3"] == "CHN"]
    for row in sorted(rows, key=lambda row: row["period"]):
        months[row["period"][:4], row["flow"]].append(float(row["value"]))
    return {year: values for year, values in months.items() if len(values) == 12}


def month_share(reporter: str, period: str, flow: str) -> float:
    """Return a month's part of its year, as in the bundled trade of China and Russia, else a slow rise; no two months are equal."""
    year, month = period[:4], int(period[4:])
    seen_by_china = flow if reporter != "RUS" else {"export": "import", "import": "export"}[flow]
    known = _bundled_months().get((year, seen_by_china))
    return known[month - 1] / sum(known) if known else (1 + (month - 6.5) / 100) / 12


def bundled_indicators() -> dict[tuple[str, int, str], float]:
    """Return figures by state, year and the World Bank's code; they are consistent, as the audits demand."""
    with (BUNDLED / "world_bank_wdi" / "snapshot" / "economy_indicator.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["note"].startswith("WDI ")]
    return {(r["iso3"], int(r["year"]), r["note"].removeprefix("WDI ").split()[0]): float(r["value"]) for r in rows}


def hash_of(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]


def comtrade_row(reporter: str, partner: str, period: str, flow: str, code: str, frequency: str, value: float) -> dict[str, Any]:
    """Return a row of UN Comtrade's answer, with the publisher's field names."""
    return {
        "typeCode": "C", "freqCode": frequency, "refPeriodId": int(period[:4]) * 10000 + 101, "refYear": int(period[:4]),
        "refMonth": 52 if frequency == "A" else int(period[4:]), "period": period, "reporterCode": int(reporter), "reporterISO": None,
        "reporterDesc": None, "flowCode": flow, "flowDesc": None, "partnerCode": int(partner), "partnerISO": None, "partnerDesc": None,
        "partner2Code": 0, "partner2ISO": None, "partner2Desc": None, "classificationCode": "H6", "classificationSearchCode": "HS",
        "isOriginalClassification": True, "cmdCode": code, "cmdDesc": None, "aggrLevel": None, "isLeaf": None, "customsCode": "C00",
        "customsDesc": None, "mosCode": "0", "motCode": 0, "motDesc": None, "qtyUnitCode": -1, "qtyUnitAbbr": None, "qty": None,
        "isQtyEstimated": False, "altQtyUnitCode": -1, "altQtyUnitAbbr": None, "altQty": None, "isAltQtyEstimated": False, "netWgt": 0,
        "isNetWgtEstimated": False, "grossWgt": None, "isGrossWgtEstimated": False, "cifvalue": value if flow == "M" else None,
        "fobvalue": value if flow == "X" else None, "primaryValue": value, "legacyEstimationFlag": 0, "isReported": True,
        "isAggregate": False,
    }  # fmt: skip
