"""Ask publishers over HTTP, through one client that reports every failure in one readable line.

Put here timeouts, rate budgets, retries, redirects, size bounds, keys and their redaction, and checks of a body's format, not the
meaning of an answer (`parse.py` of the source) or storing it (`answers`).

Transient errors (429, 408, 5xx, a broken connection, a damaged body, the statuses that a publisher sends while it is busy) are
retried after the pause that the publisher requests, else after growing, jittered pauses. Every other error would repeat, so it is
raised at once; so is an error for which the publisher requests a pause of more than two minutes.
"""

import contextlib
import datetime as dt
import email.utils
import hashlib
import html
import ipaddress
import json
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus, unquote

import httpx
import tenacity

from schemas.errors import Problem, Unfetched
from sources.connector import BLANK, CONTACT, Publisher, Request
from sources.live import clock

ATTEMPTS = 4
CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
LONGEST_PAUSE = 120.0  # seconds; if a publisher requests a longer pause, the run goes on without it
REDIRECTS = 5
LONGEST_ERROR = 200
BLOCK = 1 << 16
HOST = re.compile(rb"[a-z0-9._:-]+", re.IGNORECASE)  # a name, IDNA applied, or an IP address; httpx accepts any character
LAST_PORT = 65535
GZIP_NAMES = ("gzip", "x-gzip")  # of a Content-Encoding
GZIP = 16 + zlib.MAX_WBITS  # zlib's code for a gzip stream
SHORTEST_PART = 4  # characters: the shortest start of a key that is redacted at the end of a text
SHORTEST_START = 8  # characters: the shortest start of a key that is redacted anywhere, since advice may follow a text that was cut
NESTED = 3  # how often a text may be encoded
ESCAPE = re.compile(r"""\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|\\(["'/\\])""", re.IGNORECASE)  # of JSON, JavaScript and Python
CUT_ESCAPE = re.compile(r"(?:%[0-9a-f]?|\\(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?|&#?\w{0,8})\Z", re.IGNORECASE)
LONGEST_RETRY = 30 * 86400.0  # seconds; caps a Retry-After given in milliseconds or as the largest integer
ENVIRONMENT = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")  # read by httpx
KEPT_HEADERS = ("content-type", "content-encoding", "etag", "last-modified", "date")
DROP_HINT = "put the file into the drop folder by hand (sources/README.md)"

_asked_at: dict[str, float] = {}


class Answer(NamedTuple):
    """A usable answer, its body in a temporary file beside the store; `fetched_at` is UTC to the second.

    `url` is the address that sent it, a publisher's, a mirror's or a file's, without user and key.
    """

    status: int
    headers: dict[str, str]
    path: Path
    sha256: str
    size: int
    fetched_at: str
    url: str = ""


@dataclass
class Traffic:
    """Counts of the requests to a publisher, every attempt included, and of the bytes received."""

    requests: int = 0
    bytes: int = 0


class _Transient(Exception):
    """An error worth another attempt, after `pause` seconds if the publisher stated them."""

    def __init__(self, message: str, pause: float | None = None) -> None:
        super().__init__(message)
        self.pause = pause


class _Timely(httpx.SyncByteStream):
    """A response body that raises `_Transient` if it is not complete by a deadline."""

    def __init__(self, stream: Any, seconds: float) -> None:
        self.stream, self.seconds, self.deadline = stream, seconds, clock.monotonic() + seconds

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.stream:
            if clock.monotonic() > self.deadline:
                raise _Transient(f"not complete after {self.seconds:.0f} s")
            yield chunk

    def close(self) -> None:
        self.stream.close()


def _with_params(url: str, params: Mapping[str, str]) -> httpx.URL:
    return httpx.URL(url).copy_merge_params(dict(params)) if params else httpx.URL(url)


def public_url(url: str, params: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the address for messages and manifests, without user, password and key."""
    parsed = _with_params(url, params)
    secret = [name for name in parsed.params if re.search(r"key|token|secret|password", name, re.IGNORECASE)]
    clean = parsed.copy_with(username=None, password=None)
    for name in secret:
        clean = clean.copy_set_param(name, "***")
    return str(clean)


def _url_variable(source: str) -> str:
    return f"DYAD_{source.upper()}_URL"


def address(source: str, url: str) -> str:
    """Return the request's address, on the host in `DYAD_<SOURCE>_URL` if that is set.

    Raises:
        ValueError: the variable is no address of a host.
    """
    base = os.environ.get(_url_variable(source), "").strip(BLANK).rstrip("/")
    if not base:
        return url
    try:
        is_host = _is_web(httpx.URL(base))
    except httpx.InvalidURL:
        is_host = False
    if not is_host:
        raise ValueError(f"{_url_variable(source)} is not the address of a host; set it to one such as https://mirror.example.org")
    return base + httpx.URL(url).raw_path.decode()


def _is_web(url: httpx.URL) -> bool:
    return url.scheme in ("http", "https") and bool(HOST.fullmatch(url.raw_host)) and (url.port or 0) <= LAST_PORT


def _forms(secret: str) -> set[str]:
    """Return a secret verbatim and as encoded for a URL."""
    return {secret, quote(secret, safe=""), quote(secret), quote_plus(secret)}


def _decoded(text: str) -> str:
    """Return the text without the escapes of JSON and programs, URLs and HTML, also nested ones."""
    for _ in range(NESTED):
        before = text
        text = ESCAPE.sub(lambda code: chr(int(code[1] or code[2], 16)) if code[1] or code[2] else code[3], text)
        text = html.unescape(unquote(text))
        if text == before:
            break
    return text


def redacted(text: str, secret: str) -> str:
    """Remove a secret from the text, whether it is verbatim, encoded for a URL, JSON or HTML, or cut off."""
    if not secret:
        return text
    plain = CUT_ESCAPE.sub("", _decoded(CUT_ESCAPE.sub("", text)))
    text = _masked(text, secret)
    masked = _masked(_masked(plain, secret), _decoded(secret))
    if masked == plain or text == _masked(plain, secret):
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in masked).split())  # escapes may have been of line ends


def _masked(text: str, secret: str) -> str:
    """Remove a secret in its forms for a URL, and their starts."""
    whole = _forms(secret)
    starts = whole | {form[:n] for form in whole for n in range(SHORTEST_PART, len(form))}
    patterns = [
        re.escape(start) + ("" if start in whole or len(start) >= SHORTEST_START else r"\Z")
        for start in sorted(starts, key=len, reverse=True)
    ]
    return re.sub("|".join(patterns), "***", text, flags=re.IGNORECASE)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _pause(state: tenacity.RetryCallState) -> float:
    """Return the pause that the publisher requested, else 1, 2, 4 seconds with jitter."""
    requested = getattr(state.outcome.exception(), "pause", None) if state.outcome else None
    return requested if requested is not None else tenacity.wait_exponential_jitter(initial=1, max=30, jitter=1)(state)


class Client:
    """Client of one publisher, within its rate budget; it writes bodies to temporary files in `folder`.

    Use it as a context manager. `get` raises `Unfetched`, its message one line: source, address, what happened, what to do.
    """

    def __init__(self, source: str, publisher: Publisher, folder: Path, attempts: int = ATTEMPTS, traffic: Traffic | None = None) -> None:
        """Open no connection yet; count requests and bytes in `traffic`."""
        self.source, self.publisher, self.folder, self.attempts = source, publisher, folder, attempts
        self.traffic = traffic or Traffic()
        self.key = publisher.key

    @cached_property
    def http(self) -> httpx.Client:
        """Return the client of httpx, which reads proxies and certificates from the environment.

        Raises:
            Unfetched: a variable cannot be used; the message names the variables at fault, but no value, which may contain a password.
        """
        try:
            return self._client()
        except Exception as error:
            raise Unfetched(
                f"{self.source}: the environment variables prevent any request ({type(error).__name__}); "
                f"correct or unset {', '.join(self._at_fault()) or 'the proxy variables'}",
                is_general=True,
            ) from None

    def _client(self) -> httpx.Client:
        contact = os.environ.get(CONTACT) or "contact not stated"
        if not contact.isprintable():
            raise ValueError(CONTACT)
        address(self.source, "https://example.org/")
        return httpx.Client(
            headers={"User-Agent": f"dyad/0.1 (interstate-cooperation warehouse; {contact})", "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(min(READ_SECONDS, self.publisher.total_seconds), connect=CONNECT_SECONDS),
            follow_redirects=False,
        )

    def _at_fault(self) -> list[str]:
        """Return the environment variables that each prevent any request on their own; if none does, return all that are set."""
        names = {*ENVIRONMENT, CONTACT, _url_variable(self.source)}
        values = {name: os.environ.pop(name) for name in sorted(os.environ) if name.upper() in names and os.environ[name]}
        at_fault = []
        try:
            for name, value in values.items():
                os.environ[name] = value
                try:
                    self._client().close()
                except Exception:
                    at_fault.append(name)
                del os.environ[name]
        finally:
            os.environ.update(values)
        return at_fault or list(values)

    def __enter__(self) -> "Client":
        """Return the client itself; it connects when it is asked."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connections."""
        if "http" in self.__dict__:
            self.http.close()

    def get(self, request: Request, validators: Mapping[str, str] | None = None) -> Answer | None:
        """Return the answer, or None if the publisher sends 304: the bytes with these validators are current.

        Raises:
            Unfetched: no usable answer; nothing is stored.
        """
        _ = self.http
        if self.publisher.wants_contact and not os.environ.get(CONTACT):
            raise self._unfetched(request, f"the publisher requires a contact: set {CONTACT} to your e-mail address", is_general=True)
        # httpx's error for a key that cannot be sent would quote the key
        if self.key and not (self.key.isascii() and self.key.isprintable()):
            raise Unfetched(
                f"{self.source}: the key in {self.publisher.key_env} has characters that are not printable ASCII; set it again",
                is_general=True,
            )
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Transient),
            stop=tenacity.stop_after_attempt(self.attempts),
            wait=_pause,
            sleep=lambda seconds: clock.sleep(seconds),
            reraise=True,
        )
        try:
            return retrying(self._once, request, dict(validators or {}))
        except _Transient as error:
            attempts = f"{self.attempts} times" if self.attempts > 1 else "once"
            raise self._unfetched(request, f"{error}, {attempts}; try again later", is_general=True) from None
        except Unfetched:
            raise
        except Exception as error:  # any error that a publisher can cause and that no other clause handles
            raise self._unfetched(
                request, f"{type(error).__name__}: {redacted(str(error), self.key)[:LONGEST_ERROR]}; try again later, or {DROP_HINT}"
            ) from None

    def _unfetched(self, request: Request, what: str, resume_at: str = "", is_general: bool = False) -> Unfetched:
        line = f"{self.source}: {public_url(address(self.source, request.url), request.params)}: {what}"
        return Unfetched(redacted(" ".join(line.split()), self.key), resume_at, is_general)

    def _once(self, request: Request, validators: dict[str, str]) -> Answer | None:
        wait = _asked_at.get(self.source, float("-inf")) + self.publisher.seconds_between - clock.monotonic()
        if wait > 0:
            clock.sleep(wait)
        _asked_at[self.source] = clock.monotonic()
        self.traffic.requests += 1
        try:
            response = self._send(request, validators)
            response.stream = _Timely(response.stream, self.publisher.total_seconds)
            try:
                if response.status_code == 304 and validators:
                    return None
                self._check_status(request, response)
                return self._save(request, response)
            finally:
                response.close()
        except httpx.TimeoutException:
            raise _Transient("no answer in time") from None
        except httpx.DecodingError:
            raise _Transient("the body's compression is damaged") from None
        except httpx.TransportError as error:
            if isinstance(error, httpx.UnsupportedProtocol) or "certificate" in str(error).lower():
                raise self._unfetched(request, f"{error}; check the address and its certificate") from None
            raise _Transient(f"the connection failed ({error})") from None

    def _send(self, request: Request, validators: dict[str, str]) -> httpx.Response:
        """Follow a few redirects one by one, so that the key never goes to another host or over an unencrypted connection."""
        url = _with_params(address(self.source, request.url), request.params)
        origin = (url.scheme, url.host, url.port)
        for _ in range(REDIRECTS + 1):
            headers = {"Accept": request.accept, **validators}
            if self.key and (url.scheme, url.host, url.port) == origin:
                if url.scheme != "https" and not _is_loopback(url.host):
                    raise self._unfetched(request, "a key is never sent over http; use an https address")
                headers[self.publisher.key_header] = self.key
            try:
                response = self.http.send(self.http.build_request("GET", url, headers=headers), stream=True)
            except (httpx.InvalidURL, httpx.RemoteProtocolError) as error:
                if isinstance(error, httpx.InvalidURL) or "location header" in str(error):
                    raise self._unfetched(request, f"redirected to an invalid address ({error}); check the source's address") from None
                raise
            if not response.has_redirect_location:
                return response
            response.close()
            target = self._redirect(request, url, response.headers["location"])
            if url.scheme == "https" and target.scheme != "https":
                raise self._unfetched(
                    request, f"redirected to an unencrypted address, {public_url(str(target))}; check the source's address"
                )
            url = target
        raise self._unfetched(request, f"more than {REDIRECTS} redirects; check the source's address")

    def _redirect(self, request: Request, url: httpx.URL, location: str) -> httpx.URL:
        """Return the address that a publisher redirects to.

        Raises:
            Unfetched: it is not a web address.
        """
        with contextlib.suppress(httpx.InvalidURL, ValueError):
            if _is_web(target := url.join(location)):
                return target
        shown = redacted(location, self.key)[:60]
        raise self._unfetched(request, f"redirected to an invalid address ({shown!r}); check the source's address")

    def _has_key(self, path: Path) -> bool:
        body = path.read_bytes().decode("latin-1").lower()
        forms = {form.lower() for key in (self.key, _decoded(self.key)) for form in _forms(key)}
        return any(form in text for text in (body, _decoded(body)) for form in forms)

    def _check_status(self, request: Request, response: httpx.Response) -> None:
        status = response.status_code
        if status == 200:
            return
        if status in (202, 204):
            raise self._unfetched(request, f"status {status}, which has no data; try again later, or {DROP_HINT}")
        message = self._explanation(response)
        pause = _retry_after(response.headers.get("retry-after"), message)
        is_long = pause is not None and pause > LONGEST_PAUSE
        is_quota = (status == 403 and "quota" in message.lower()) or (status == 429 and is_long)
        if is_quota or is_long:
            at = (clock.now() + dt.timedelta(seconds=pause or 86400)).isoformat()
            what = "out of quota" if is_quota else "the publisher asks for a pause"
            raise self._unfetched(
                request, f"status {status}, {what} ({message or 'no explanation'}); run again after {at}", at, is_general=True
            )
        if status in (408, 429) or status >= 500 or status in self.publisher.transient:
            raise _Transient(f"status {status} ({message})" if message else f"status {status}", pause)
        advice = {
            401: f"set a valid key in {self.publisher.key_env}" if self.publisher.key_env else f"the publisher wants a login; {DROP_HINT}",
            403: f"the publisher refuses this client; {DROP_HINT}",
        }.get(status, "the address or the query has changed; correct the source's fetch.py to match the publisher's documentation")
        raise self._unfetched(request, f"status {status} ({message or 'no explanation'}); {advice}", is_general=status in (401, 403))

    def _explanation(self, response: httpx.Response) -> str:
        """Return the publisher's own explanation, from the first bytes of an error's body."""
        head = b""
        for chunk in response.iter_bytes(2048):
            head += chunk
            if len(head) >= 2048:
                break
        return self._stated(head[:2048])

    def _stated(self, head: bytes) -> str:
        """Return the explanation in an error's body, in one line without the key."""
        text = head.decode("utf-8", "replace")
        try:
            body = json.loads(text)
            text = str(body.get("message") or body.get("error") or text) if isinstance(body, dict) else text
        except (ValueError, RecursionError):
            text = re.sub(r"<[^>]*>", " ", text)
        return redacted(" ".join(text.split()), self.key)[:160]

    def _save(self, request: Request, response: httpx.Response) -> Answer:
        bound = self.publisher.max_bytes
        too_large = (
            f"the answer is larger than this source's limit of {bound:,} bytes; "
            "check the request, or raise max_bytes in the source's fetch.py"
        )
        announced = response.headers.get("content-length", "")
        if announced.isascii() and announced.isdecimal() and int(announced) > bound:
            raise self._unfetched(request, too_large)
        encoding = _encoding(response)
        if encoding not in ("", "identity", *GZIP_NAMES):
            shown = redacted(encoding, self.key)[:60]
            raise self._unfetched(request, f"compressed as {shown!r}, although only gzip was requested; try again later, or {DROP_HINT}")
        digest, size = hashlib.sha256(), 0
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in _unpacked(response):
                    size += len(chunk)
                    self.traffic.bytes += len(chunk)
                    if size > bound:
                        raise self._unfetched(request, too_large)
                    digest.update(chunk)
                    file.write(chunk)
            if problem := format_problem(path, request.expects):
                if self.publisher.has_xml_errors and _is_xml(path):
                    raise _Transient("an error in XML with status 200")
                is_general = "robots" in problem
                raise self._unfetched(request, problem, is_general=is_general)
            if self.key and self._has_key(path):
                message = self._stated(path.read_bytes()[:2048])
                raise self._unfetched(
                    request,
                    f"the answer repeats the key, so it is not stored ({message}); set a valid key in {self.publisher.key_env}",
                    is_general=True,
                )
        except BaseException:
            path.unlink()
            raise
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        url = public_url(address(self.source, request.url), request.params)
        return Answer(response.status_code, headers, path, digest.hexdigest(), size, clock.now().isoformat(), url)


def _encoding(response: httpx.Response) -> str:
    return response.headers.get("content-encoding", "").strip().lower()


def _unpacked(response: httpx.Response) -> Iterator[bytes]:
    """Decompress the body; httpx would accept the first of several gzip members, or a stream that ends early, as complete."""
    if _encoding(response) not in GZIP_NAMES:
        yield from response.iter_bytes(BLOCK)
        return
    member = zlib.decompressobj(GZIP)
    for raw in response.iter_raw(BLOCK):
        while raw:
            if member.eof:
                member = zlib.decompressobj(GZIP)
            try:
                yield member.decompress(raw, BLOCK)
            except zlib.error:
                raise _Transient("the body's compression is damaged") from None
            raw = member.unused_data.lstrip(b"\0") if member.eof else member.unconsumed_tail
    if not member.eof:
        raise _Transient("the body's compression ends early")


def format_problem(path: Path, expects: str) -> Problem:
    """Return why a body is not of the expected format (empty, a web page, another format, truncated); empty if it is."""
    with path.open("rb") as file:
        head = file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip()
        file.seek(max(0, path.stat().st_size - 1))
        tail = file.read()
    if not head:
        return f"the answer is empty; try again later, or {DROP_HINT}"
    is_page = head[:1] == b"<"
    if is_page and expects != "html":
        return f"a web page instead of {expects}, probably a CAPTCHA against robots; open the address in a browser and {DROP_HINT}"
    if expects == "html" and not is_page:
        return "not a web page; the publisher has changed the address: correct the source's fetch.py to match the publisher's site"
    if expects == "json" and head[:1] not in b"[{":
        return "not JSON; the publisher has changed the answer's format: correct the source's parse.py"
    if expects == "csv" and tail != b"\n":
        return f"the last line is incomplete, so the file is truncated; try again later, or {DROP_HINT}"
    if expects == "zip" and not zipfile.is_zipfile(path):
        return "not a complete zip file; try again later"
    return ""


def _is_xml(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(100).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<?xml")


def _retry_after(header: str | None, message: str) -> float | None:
    """Return the seconds to wait: from the header, as a number or a date, or from UN Comtrade's message about its quota."""
    header = (header or "").strip()
    if header.isascii() and header.isdecimal():
        return min(float(header), LONGEST_RETRY)
    if header:
        try:
            return min(max(0.0, (email.utils.parsedate_to_datetime(header) - clock.now()).total_seconds()), LONGEST_RETRY)
        except (TypeError, ValueError, OverflowError):
            return None
    time: Any = re.search(r"replenished in (\d+):(\d\d):(\d\d)", message)
    return float(time[1]) * 3600 + float(time[2]) * 60 + float(time[3]) if time else None
