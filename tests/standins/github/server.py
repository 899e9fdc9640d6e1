"""A small GitHub on a real socket: comments and issues of one repository, in pages, with the faults a client meets."""

__all__ = ["Github"]

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]


@dataclass
class Github:
    """The server; `page` is the most elements a page has whatever is asked for, `refuse` answers every request so."""

    token: str = "ghs_canary-of-the-token-7f21"  # noqa: S105 - of a server made for one test
    repository: str = "owner/project"
    bot: str = "github-actions[bot]"
    page: int = 100
    refuse: int = 0
    failures: int = 0
    """So many requests are answered with 502 before anything is done."""

    comments: list[Json] = field(default_factory=list)
    issues: list[Json] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"github": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Return the address of the API."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def say(self, body: str, *, login: str | None = None) -> Json:
        """Add a comment of somebody to pull request 17."""
        comment = {"id": 1000 + len(self.comments), "body": body, "user": {"login": login or self.bot}, "issue": 17}
        self.comments.append(comment)
        return comment

    def report(self, body: str, *, login: str | None = None, **more: Any) -> Json:  # noqa: ANN401 - as GitHub has it
        """Add an open issue with the label."""
        issue = {
            "number": 1 + len(self.issues),
            "title": "",
            "body": body,
            "state": "open",
            "said": [],
            "labels": [{"name": "drift"}],
            "user": {"login": login or self.bot},
            **more,
        }
        self.issues.append(issue)
        return issue

    def answer(self, method: str, path: str, query: dict[str, str], body: Json) -> tuple[int, Any]:
        """Answer one request, as far as a client with every right sees."""
        path = path.removeprefix(f"/repos/{self.repository}")
        if (method, path) == ("GET", "/issues"):
            return 200, [
                one
                for one in self.issues
                if one["state"] == query.get("state", "open")
                and any(label["name"] == query.get("labels") for label in one["labels"])
            ]
        if (method, path) == ("POST", "/issues"):
            labels = [{"name": name} for name in body.pop("labels")]
            return 201, self.report(body["body"], title=body["title"], labels=labels)
        found = re.fullmatch(r"/issues/(comments/)?(\d+)(/comments)?", path)
        if found is None:
            return 404, {"message": "Not Found"}
        return self._of_number(method, found, body)

    def _of_number(self, method: str, found: re.Match[str], body: Json) -> tuple[int, Any]:
        number = int(found[2])
        if found[1]:
            comment = next(one for one in self.comments if one["id"] == number)
            comment |= body
            return 200, comment
        if found[3] and method == "GET":
            return 200, [one for one in self.comments if one["issue"] == number]
        issue = next((one for one in self.issues if one["number"] == number), None)
        if found[3]:
            if issue is None:
                return 201, self.say(body["body"])
            issue["said"].append(body["body"])
            return 201, {"id": 1}
        assert issue is not None
        issue |= body
        return 200, issue


class _Handler(BaseHTTPRequestHandler):
    github: Github
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class's signature
        """Say nothing."""

    def _serve(self) -> None:
        github = self.github
        url = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        github.requests.append(f"{self.command} {self.path}")
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        link = ""
        if github.failures > 0:
            github.failures -= 1
            status, body = 502, {"message": "Bad gateway"}
        elif self.headers.get("Authorization") != f"Bearer {github.token}":
            status, body = 401, {"message": f"Bad credentials: {self.headers.get('Authorization')}"}
        elif github.refuse:
            status, body = github.refuse, {"message": f"Resource not accessible, {self.headers['Authorization']}"}
        else:
            status, body = github.answer(self.command, url.path, query, json.loads(content or b"{}"))
        if isinstance(body, list):
            body, link = self._page(body, query)
        self._write(status, body, link)

    def _page(self, rows: list[Json], query: dict[str, str]) -> tuple[list[Json], str]:
        size = min(int(query.get("per_page", 30)), self.github.page)
        number = int(query.get("page", 1))
        following = f'<{self.github.url}{urlsplit(self.path).path}?page={number + 1}>; rel="next"'
        return rows[(number - 1) * size : number * size], following if len(rows) > number * size else ""

    def _write(self, status: int, body: Any, link: str) -> None:  # noqa: ANN401 - whatever JSON can hold
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if link:
            self.send_header("Link", link)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - the base class's names
