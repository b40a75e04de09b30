"""Test every way a publisher can fail, over real sockets: one line with source and advice, and no answer in the store."""

import gzip
import itertools
import json
import os
import re
import zlib

import pytest

from schemas.errors import Refused, Unfetched
from sources.connector import Publisher, Request
from sources.live import answers, clock, http, planning
from sources.live import refresh as live
from tests.support import publishers as fault

SOURCE = "world_bank_wdi"
DETECTORS = 2  # of this source
ONLY = [SOURCE]


def refresh(home, **more):
    (outcome,) = live.refresh_live(home, fault.SCOPE, only=ONLY, log=lambda line: None, **more)
    return outcome


UNUSABLE = {
    "NO_PROXY": "localhost,127.0.0.1,[::1]",
    "no_proxy": "fe80::/10",
    "ALL_PROXY": "socks5://127.0.0.1:1080",
    "HTTPS_PROXY": "http://user:s3cret@[::1",
    "SSL_CERT_FILE": "/no/such/ca.pem",
    "SSLKEYLOGFILE": "/no/such/folder/keys.log",
    "DYAD_WORLD_BANK_WDI_URL": "http://[::1",
    "DYAD_CONTACT": "desk@example.org\r\nX: y",
}


@pytest.mark.parametrize("variable", UNUSABLE)
def test_an_environment_that_cannot_be_used_is_named(variable, world, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_CONTACT", "desk@example.org")
    monkeypatch.setenv("HTTP_PROXY", "http://user:s3cret@127.0.0.1:9")
    monkeypatch.setenv(variable, UNUSABLE[variable])
    outcome = refresh(tmp_path)
    assert outcome.status == "failed" and "\n" not in outcome.message
    assert re.search(r"correct or unset ([^(]*\w)", outcome.message)[1] == variable, "no other variable that is set is at fault"
    assert "s3cret" not in outcome.message and not world.requests and os.environ[variable] == UNUSABLE[variable]


NO_HOSTS = ["http://ex[ample", "http://ex]ample", "http://ex%zzample", "http://a%20b", "http://a b", "https://host:65536"]


@pytest.mark.sampled(4)
@pytest.mark.parametrize("url", ["http://[::1", "nowhere", "file:///etc", "http://", "https://host:port", *NO_HOSTS])
def test_an_address_that_is_none_ends_its_source_only(url, world, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_WORLD_BANK_WDI_URL", url)
    only = ["un_sc_vetoes", SOURCE]
    vetoes, wdi = live.refresh_live(tmp_path, fault.SCOPE, only=only, log=lambda line: None)
    assert vetoes.status == "fetched" and wdi.status == "failed" and "DYAD_WORLD_BANK_WDI_URL" in wdi.message


def test_a_dropped_file_needs_no_environment(world, tmp_path, monkeypatch):
    refresh(tmp_path)
    (row,) = (r for r in answers.manifest(tmp_path, SOURCE) if r.request.name == "fp.cpi.totl.zg-CHN")
    drop = tmp_path / "drop" / SOURCE
    drop.mkdir(parents=True)
    (drop / f"{row.request.name}.json").write_bytes(answers.body(tmp_path, row))
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/ca.pem")
    assert refresh(tmp_path).status == "unchanged"


TRANSIENT = {
    "429 with Retry-After": fault.status(429, b'{"statusCode":429,"message":"Rate limit is exceeded."}', retry_after="7"),
    "429 without": fault.status(429),
    "408": fault.status(408),
    "500": fault.status(500),
    "503 page": fault.status(503, b"<html>busy</html>"),
    "the World Bank's random 400": fault.status(400),
    "the World Bank's XML error with 200": fault.body(b'\xef\xbb\xbf<?xml version="1.0"?><wb:error/>', "text/xml"),
    "cut connection": fault.cut_connection,
    "truncated body": fault.truncated_body,
    "gzip garbage": fault.gzip_garbage,
    "500 with nested brackets": fault.status(500, b"[" * 3000),
}
PERMANENT = {
    "404": (fault.status(404, b'{"statusCode":404,"message":"Resource not found"}'), "Resource not found"),
    "401": (fault.status(401), "status 401"),
    "403": (fault.status(403), "drop folder"),
    "202": (fault.status(202), "status 202"),
    "204": (fault.status(204), "status 204"),
    "empty": (fault.body(b""), "empty"),
    "blank": (fault.body(b" \r\n "), "empty"),
    "html challenge": (fault.html_challenge, "web page instead of json"),
    "redirect loop": (fault.redirect_loop, "redirects"),
    "two gigabytes announced": (fault.two_gigabytes_announced, "larger than"),
    "two gigabytes, unannounced": (fault.endless, "larger than"),
    "gzip bomb": (fault.gzip_bomb(30_000_000), "larger than"),
    "wrong Content-Length": (fault.short_content_length, "truncated or damaged"),
    "error inside 200": (fault.body(b'[{"message":[{"id":"120","key":"Invalid value","value":"not valid"}]}]'), "Invalid value"),
    "no rows": (fault.body(b'[{"page":0,"total":0},null]'), "without data"),
    "half a page": (fault.changed(lambda b: b.replace(b'"total": 5', b'"total": 6')), "5 of 6 rows"),
    "another encoding": (fault.changed(lambda b: b.replace(b"CHN", b"\xff\xfe", 1)), "not UTF-8"),
    "unknown code": (fault.changed(lambda b: b.replace(b'"CHN"', b'"QQQ"')), "QQQ is unknown"),
    "unit changed": (fault.changed(lambda b: b.replace(b"current US$", b"current LCU")), "unit may have changed"),
    "renamed field": (fault.changed(lambda b: b.replace(b'"date"', b'"year"')), "column date is missing"),
    "not a number": (fault.changed(lambda b: re.sub(rb'"value": [0-9.]+', b'"value": "n/a"', b)), "not a number"),
}


ODD = {
    "Retry-After beyond every clock": (fault.status(429, retry_after="9223372036854775807"), "out of quota"),
    "Retry-After in milliseconds": (fault.status(429, retry_after="1500000"), "out of quota"),
    "Retry-After in another age": (fault.status(429, retry_after="Fri, 31 Dec 9999 23:59:59 GMT"), "out of quota"),
    "Retry-After of 503": (fault.status(503, retry_after="600"), "503, the publisher asks for a pause (no explanation);"),
    "Retry-After superscript": (fault.status(429, retry_after="\xb2"), "4 times"),
    "Location: data": (fault.status(302, location="data:text/html,x"), "redirected to an invalid address"),
    "Location: brackets": (fault.status(302, location="http://[::1"), "redirected to an invalid address"),
    "Location: no host": (fault.status(302, location="http://a%zz/"), "redirected to an invalid address"),
    "Location: no port": (fault.status(302, location="http://127.0.0.1:70000/"), "redirected to an invalid address"),
    "Location: file": (fault.status(302, location="file:///etc/passwd"), "redirected to an invalid address"),
    "Location: script": (fault.status(302, location="javascript:alert(1)"), "redirected to an invalid address"),
}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", ODD)
def test_an_odd_header_ends_its_question_only(name, world, tmp_path):
    bad, message = ODD[name]
    world.faults[SOURCE] = [bad] * http.ATTEMPTS
    outcome, vetoes = (
        o for s in (SOURCE, "un_sc_vetoes") for o in live.refresh_live(tmp_path, fault.SCOPE, only=[s], log=lambda line: None)
    )
    assert outcome.status == "failed" and message in outcome.message and outcome.message.startswith(SOURCE), outcome
    assert vetoes.status == "fetched"


@pytest.mark.parametrize("error", [ImportError("x"), ArithmeticError("x"), OSError(5, "x"), MemoryError(), ValueError("a\nb")])
def test_an_error_that_was_not_foreseen_ends_its_question_only(error, world, tmp_path, monkeypatch):
    honest, asked = http.Client._save, []

    def save(client, request, response):
        asked.append(request.name)
        if len(asked) == DETECTORS + 1:
            raise error
        return honest(client, request, response)

    monkeypatch.setattr(http.Client, "_save", save)
    outcome = refresh(tmp_path)
    assert outcome.status == "failed" and type(error).__name__ in outcome.message and "\n" not in outcome.message
    assert len(answers.latest(tmp_path, SOURCE)) == 7, "the others go on"


def packed(change):
    """Answer with the honest body as several gzip members, changed."""

    def fault_of(handler, honest):
        half = len(honest.body) // 2
        data = change(gzip.compress(honest.body[:half]) + gzip.compress(honest.body[half:]))
        handler.reply(fault.Reply(data, honest.content_type, headers={"Content-Encoding": "gzip"}))

    return fault_of


@pytest.mark.parametrize("padding", [b"", b"\0" * 9])
def test_every_member_of_a_compressed_answer_is_read(padding, world, tmp_path):
    world.faults[SOURCE] = [packed(lambda data: data + padding)] * 5
    assert refresh(tmp_path).status == "fetched"


@pytest.mark.parametrize("cut", [1, 8, 20])
def test_a_compressed_answer_that_ends_early_is_not_whole(cut, world, tmp_path):
    world.faults[SOURCE] = [packed(lambda data: data[:-cut])] * 99
    assert "compression ends early, 4 times" in refresh(tmp_path).message


@pytest.mark.parametrize("encoding", ["deflate", "gzip, gzip", "gzip, deflate", "br", "zstd"])
def test_a_compression_that_was_not_requested_is_refused(encoding, world, tmp_path):
    def cut(handler, honest):
        data = zlib.compress(honest.body)
        handler.reply(fault.Reply(data[: len(data) // 2], honest.content_type, headers={"Content-Encoding": encoding}))

    world.faults[SOURCE] = [cut] * 99
    outcome = refresh(tmp_path)
    assert outcome.status == "failed" and f"compressed as '{encoding}'" in outcome.message and "drop folder" in outcome.message
    assert {asked.headers["accept-encoding"] for asked in world.requests} == {"gzip"} and not list(answers.manifest(tmp_path))


def test_an_interruption_ends_all(world, tmp_path, monkeypatch):
    def save(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(http.Client, "_save", save)
    with pytest.raises(KeyboardInterrupt):
        refresh(tmp_path)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", TRANSIENT)
def test_transient_failures_are_tried_again(name, world, tmp_path, slept):
    world.faults[SOURCE] = [TRANSIENT[name]] * (http.ATTEMPTS - 1)
    assert refresh(tmp_path).status == "fetched"
    assert len(world.requests) == DETECTORS + 8 + http.ATTEMPTS - 1
    if "with Retry-After" in name:
        assert slept.count(7.0) == http.ATTEMPTS - 1


@pytest.mark.parametrize("name", TRANSIENT)
def test_transient_failures_that_last_end_the_source(name, world, tmp_path):
    world.faults[SOURCE] = [TRANSIENT[name]] * 100
    outcome = refresh(tmp_path)
    assert outcome.status == "failed" and outcome.message.startswith(f"{SOURCE}: http") and f"{http.ATTEMPTS} times" in outcome.message
    assert "\n" not in outcome.message
    assert list(answers.manifest(tmp_path)) == []


@pytest.mark.sampled(6)
@pytest.mark.parametrize("name", PERMANENT)
def test_permanent_failures_are_said_at_once(name, world, tmp_path):
    bad, message = PERMANENT[name]
    honest = lambda handler, reply: handler.reply(reply)  # noqa: E731
    world.faults[SOURCE] = [honest] * DETECTORS + [bad] * (http.REDIRECTS + 1 if name == "redirect loop" else 1)
    outcome = refresh(tmp_path)
    assert outcome.status == "failed" and message in outcome.message and outcome.message.startswith(SOURCE), outcome
    assert "\n" not in outcome.message
    assert len(world.requests) <= DETECTORS + 8 + http.REDIRECTS
    questions = {
        f"{code}-{state}" for code in ("fp.cpi.totl.zg", "ny.gdp.mktp.cd", "ny.gdp.mktp.kd.zg", "pa.nus.fcrf") for state in ("CHN", "RUS")
    }
    assert set(answers.latest(tmp_path, SOURCE)) == questions - {"ny.gdp.mktp.cd-CHN"}, "the others go on"
    assert answers.verify(tmp_path) == [] and list(answers.incoming(tmp_path).glob("*")) == []


def test_a_hang_ends(world, tmp_path, monkeypatch):
    monkeypatch.setattr(http, "READ_SECONDS", 0.2)
    world.faults[SOURCE] = [fault.hang(1)] * 8
    assert "no answer in time" in refresh(tmp_path).message


def test_a_trickle_is_bounded_as_a_whole(world, tmp_path, monkeypatch):
    monkeypatch.setattr(clock, "monotonic", itertools.count(step=30).__next__)  # half a minute passes between two readings
    world.faults[SOURCE] = [fault.trickle(0.001), fault.trickle(0.001, code=500)] * 2
    with http.Client(SOURCE, Publisher(0, 10**6), tmp_path) as client, pytest.raises(Unfetched, match="not complete after 180 s"):
        client.get(Request("x", "https://api.worldbank.org/v2/sources/2"))
    assert len(world.requests) == http.ATTEMPTS


QUOTA = b'{ "statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 03:14:17." }'


@pytest.mark.parametrize(
    "refusal", [fault.status(403, QUOTA), fault.status(403, QUOTA, retry_after="11657"), fault.status(429, retry_after="9999")]
)
def test_an_exhausted_quota_ends_the_source_and_the_next_run_resumes(refusal, world, tmp_path):
    honest = lambda handler, reply: handler.reply(reply)  # noqa: E731
    world.faults["un_comtrade"] = [honest] * 14 + [refusal]
    (outcome,) = live.refresh_live(tmp_path, fault.SCOPE, only=["un_comtrade"], log=lambda line: None)
    assert outcome.status == "failed" and re.search(r"out of quota .* run again after 20\d\d-", outcome.message)
    assert "10 of 26 due answers were stored" in outcome.message
    asked = len(world.requests)
    (outcome,) = live.refresh_live(tmp_path, fault.SCOPE, only=["un_comtrade"], log=lambda line: None)
    assert outcome.status == "fetched" and len(world.requests) - asked == 4 + 16


def test_the_rate_budget_is_kept(world, tmp_path, slept, monkeypatch):
    monkeypatch.setattr(clock, "monotonic", lambda: sum(slept))  # time passes in pauses alone
    refresh(tmp_path)
    assert len(world.requests) == DETECTORS + 8 and slept == [1.0] * 9


def test_the_key_is_sent_in_a_header_and_said_nowhere(world, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_UN_COMTRADE_KEY", "s3cret-key")
    world.faults["un_comtrade"] = [fault.status(401, b'{"message":"s3cret-key is not valid"}')] * 9
    logged: list[str] = []
    (outcome,) = live.refresh_live(tmp_path, fault.SCOPE, only=["un_comtrade"], log=logged.append)
    assert {asked.headers["ocp-apim-subscription-key"] for asked in world.requests} == {"s3cret-key"}
    assert [asked.path for asked in world.requests if "/data/v1/" not in f"/{asked.path}"] == []
    assert "s3cret" not in repr((outcome, logged)) and "***" in outcome.message
    assert "DYAD_UN_COMTRADE_KEY" in outcome.message


KEY = "s3cret/key+of=40 characters~and&more"
COMTRADE = Request("x", "https://comtradeapi.un.org/data/v1/getDa/C/A/HS", {"reporterCode": "156"})
FORMS = [KEY, "s3cret%2Fkey%2Bof%3D40%20characters~and%26more", "s3cret%2fkey%2bof%3d40+characters~and%26more", KEY.upper()]


@pytest.mark.sampled(2, each="form")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lead", ["", "x" * 150, "x" * 2040])
@pytest.mark.parametrize("code", [403, 500])
def test_the_key_is_said_in_no_form(code, lead, form, world, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_UN_COMTRADE_KEY", KEY)
    world.faults["un_comtrade"] = [fault.status(code, f"{lead}{form} is not valid".encode())] * http.ATTEMPTS
    publisher = Publisher(0, 10**6, key_env="DYAD_UN_COMTRADE_KEY", key_header="Key")
    with http.Client("un_comtrade", publisher, tmp_path) as client, pytest.raises(Unfetched, match=f"status {code}") as refused:
        client.get(COMTRADE)
    assert "s3cret" not in str(refused.value).lower()


ESCAPES = {
    "JSON": "\\u{:04x}", "a program": "\\x{:02X}", "HTML": "&#{};", "HTML, hexadecimal": "&#x{:X};", "a URL": "%{:02X}", "a URL twice": "%25{:02x}",
}  # fmt: skip


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=list(ESCAPES))
def test_the_key_is_said_in_no_escape(escape, world, tmp_path, monkeypatch):
    start, fifth, escaped = ("".join(escape.format(ord(c)) for c in part) for part in (KEY[:9], KEY[:5], KEY))
    assert http.redacted(f"a {escaped} is not valid", KEY) == "a *** is not valid"
    assert http.redacted(rf"a {escaped} %0A\ud800&#27;[2J is not valid", KEY) == "a *** [2J is not valid"
    assert not any(fifth in http.redacted(f"a {escaped[:n]}", KEY) for n in range(len(escaped)))
    monkeypatch.setenv("DYAD_UN_COMTRADE_KEY", KEY)
    body = b'{"data": "%s"}' % (KEY[:9] + escaped.removeprefix(start)).encode()
    world.faults["un_comtrade"] = [fault.body(body), *[fault.status(500, body * 99)] * http.ATTEMPTS]
    publisher = Publisher(0, 10**6, key_env="DYAD_UN_COMTRADE_KEY", key_header="Key")
    with http.Client("un_comtrade", publisher, tmp_path) as client:
        for problem in ("repeats the key, so it is not stored", "status 500"):
            with pytest.raises(Unfetched, match=problem) as refused:
                client.get(COMTRADE)
            assert "s3cr" not in str(refused.value)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("place", ["detector", "answer"])
@pytest.mark.parametrize("length", [8, 20, len(KEY)])
def test_the_key_is_not_in_words_of_an_answer(length, place, world, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_UN_COMTRADE_KEY", KEY)
    honest = lambda handler, reply: handler.reply(reply)  # noqa: E731
    words = json.dumps({"data": [], "error": f"{'x' * 100} {KEY[:length]} {'y' * 1000}"}).encode()
    world.faults["un_comtrade"] = [honest] * (4 if place == "answer" else 0) + [fault.body(words)] * 99
    logged: list[str] = []
    (outcome,) = live.refresh_live(tmp_path, fault.SCOPE, only=["un_comtrade"], log=logged.append)
    assert outcome.status == "failed" and "***" in outcome.message and len(outcome.message) < 600
    assert "s3cret" not in repr((outcome, logged))
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()], "it is not stored"


def test_the_key_is_in_no_error_of_a_change_detector(world, monkeypatch):
    monkeypatch.setenv("DYAD_UN_COMTRADE_KEY", KEY)
    for words in ({"data": [], "error": KEY[:20]}, {"data": [{KEY[:20]: 1}]}, {"data": [], "error": KEY}):
        world.faults["un_comtrade"] = [fault.body(json.dumps(words).encode())] * 4
        with pytest.raises(Refused) as refused:
            planning.release_signature("un_comtrade", fault.SCOPE)
        assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("cut", range(20, 60, 5))
def test_the_key_is_in_no_redirect(cut, world, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_UN_COMTRADE_KEY", KEY)
    location = "ftp://" + "h" * cut + KEY.replace(" ", "+")
    world.faults["un_comtrade"] = [fault.status(302, location=location)]
    publisher = Publisher(0, 10**6, key_env="DYAD_UN_COMTRADE_KEY", key_header="Key")
    with http.Client("un_comtrade", publisher, tmp_path) as client, pytest.raises(Unfetched, match="redirected") as refused:
        client.get(COMTRADE)
    assert KEY[:4] not in str(refused.value)


def test_the_key_is_in_no_error(world, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_UN_COMTRADE_KEY", KEY)
    monkeypatch.setattr(http.Client, "_save", lambda *_: {}[f"header {KEY}"])
    (outcome,) = live.refresh_live(tmp_path, fault.SCOPE, only=["un_comtrade"], log=lambda line: None)
    assert "KeyError" in outcome.message and "s3cret" not in outcome.message


def test_a_key_of_a_file_is_sent_without_its_end_of_line(world, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_UN_COMTRADE_KEY", "\ufeffs3cret-key\r\n")
    (outcome,) = live.refresh_live(tmp_path, fault.SCOPE, only=["un_comtrade"], log=lambda line: None)
    assert outcome.status == "fetched" and world.requests[0].headers["ocp-apim-subscription-key"] == "s3cret-key"


def test_a_blank_key_is_none(world, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_UN_COMTRADE_KEY", "\n")
    live.refresh_live(tmp_path, fault.SCOPE, only=["un_comtrade"], log=lambda line: None)
    assert {"public"} == {asked.path.split("/")[0] for asked in world.requests}
    assert all("ocp-apim-subscription-key" not in asked.headers for asked in world.requests)


@pytest.mark.parametrize("key", ["s3cret\rkey", "s3cret\x00key", "s3crét"])
def test_a_key_that_cannot_be_sent_is_not_logged(key, world, tmp_path, monkeypatch):
    monkeypatch.setattr(http.os, "environ", {**http.os.environ, "DYAD_UN_COMTRADE_KEY": key})
    logged: list[str] = []
    (outcome,) = live.refresh_live(tmp_path, fault.SCOPE, only=["un_comtrade"], log=logged.append)
    assert "the key in DYAD_UN_COMTRADE_KEY has characters that are not printable ASCII" in outcome.message
    assert "s3cr" not in repr((outcome, logged)) and not world.requests


def test_the_key_does_not_follow_a_redirect_to_another_host(world, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_UN_COMTRADE_KEY", "s3cret-key")
    world.faults["un_comtrade"] = [fault.redirect_to(f"{world.url}/un_comtrade/elsewhere".replace("127.0.0.1", "localhost"))] * 9
    live.refresh_live(tmp_path, fault.SCOPE, only=["un_comtrade"], log=lambda line: None)
    elsewhere = [asked for asked in world.requests if asked.path == "elsewhere"]
    assert {"ocp-apim-subscription-key" in asked.headers for asked in elsewhere} == {False}


def test_a_key_never_travels_unprotected(tmp_path, monkeypatch):
    monkeypatch.setenv("K", "secret")
    with http.Client("x", Publisher(0, 10, key_env="K", key_header="Key"), tmp_path) as client, pytest.raises(Unfetched, match="over http"):
        client.get(Request("x", "http://192.0.2.1/data"))


def test_who_wants_a_contact_is_not_asked_without(world, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_CONTACT", "")
    (outcome,) = live.refresh_live(tmp_path, fault.SCOPE, only=["wikidata_memberships"], log=lambda line: None)
    assert outcome.status == "failed" and "set DYAD_CONTACT" in outcome.message and world.requests == []


def test_the_user_agent_names_a_contact(world, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_CONTACT", "desk@example.org")
    refresh(tmp_path)
    assert {asked.headers["user-agent"] for asked in world.requests} == {"dyad/0.1 (interstate-cooperation warehouse; desk@example.org)"}


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://user:pw@host/a?subscription-key=abc&x=1", "https://host/a?subscription-key=***&x=1"),
        ("https://host/a?x=1", "https://host/a?x=1"),
    ],
)
def test_addresses_are_shown_without_secrets(url, clean):
    assert http.public_url(url).replace("%2A", "*") == clean


def test_refused_is_what_a_failure_is():
    assert issubclass(Unfetched, Refused)
