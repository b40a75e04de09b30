"""Request the vetoes of the Security Council: the DPPA's data set on HDX, and the Dag Hammarskjöld Library's list as a check.

Each is one small file; conditional requests save the download if the host supports them.
"""

from collections.abc import Iterator, Mapping

from sources.connector import Publisher, Request, Scope

PUBLISHER = Publisher(seconds_between=2.0, max_bytes=10_000_000)
DPPA = (
    "https://data.humdata.org/dataset/f67cf146-1cda-44e3-b468-2b086d85cb5a"
    "/resource/12377ab6-e4de-46cb-98b5-7c89ba18115b/download/dppa-scvetoes.csv"
)
LIBRARY = "https://www.un.org/depts/dhl/resguide/scact_veto_table_en.htm"


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Yield the requests for both whole lists, whatever the pairs; drafts without a veto are in neither."""
    yield Request("vetoes", DPPA, expects="csv", kind="veto", title="Security Council Data - Vetoes Since 1946 (DPPA-SCVETOES)")
    yield Request("library-list", LIBRARY, expects="html", kind="veto", title="Security Council: Veto List", against="un_sc_vetoes")
