"""A small Go service to be cloned and built: several packages with tests, on the standard library alone."""

__all__ = ["SAMPLE", "make_sample"]

from pathlib import Path
from typing import Final

from core.command import Command

SAMPLE: Final = "sample-service"
"""Name of the repository, and of the folder it is cloned to."""

_PACKAGES: Final = 12
_IDENTITY: Final = {
    "GIT_AUTHOR_NAME": "spt-flow",
    "GIT_AUTHOR_EMAIL": "bench@example.com",
    "GIT_COMMITTER_NAME": "spt-flow",
    "GIT_COMMITTER_EMAIL": "bench@example.com",
}
_MAIN: Final = """package main

import (
	"log"
	"net/http"
	"os"

{imports}
)

func main() {{
	mux := http.NewServeMux()
{routes}
	if len(os.Args) > 1 {{
		log.Fatal(http.ListenAndServe(os.Args[1], mux))
	}}
}}
"""
_PACKAGE: Final = """// Package {name} answers one kind of request.
package {name}

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"net/http"
	"regexp"
	"strings"
)

var (
	words = regexp.MustCompile(`\\w+`)
	page  = template.Must(template.New("page").Parse("<p>{{{{.}}}}</p>"))
)

// Answer is what a request gets.
type Answer struct {{
	Digest string `json:"digest"`
	Words  int    `json:"words"`
}}

// Of counts the words of a text.
func Of(text string) Answer {{
	sum := sha256.Sum256([]byte(strings.TrimSpace(text)))
	return Answer{{Digest: hex.EncodeToString(sum[:]), Words: len(words.FindAllString(text, -1))}}
}}

// Handler answers over HTTP, compressed.
func Handler(writer http.ResponseWriter, request *http.Request) {{
	packed := gzip.NewWriter(writer)
	defer packed.Close()
	if request.URL.Query().Has("page") {{
		_ = page.Execute(packed, request.URL.Path)
		return
	}}
	_ = json.NewEncoder(packed).Encode(Of(request.URL.Path))
}}
"""
_TEST: Final = """package {name}

import "testing"

func TestOf(t *testing.T) {{
	if got := Of("three small words").Words; got != 3 {{
		t.Fatalf("%d words", got)
	}}
}}
"""


def make_sample(folder: Path) -> None:
    """Make `<folder>/served/sample-service.git`, a bare repository with one commit."""
    work, served = folder / "sample", folder / "served" / f"{SAMPLE}.git"
    names = [f"part{number:02}" for number in range(_PACKAGES)]
    for name in names:
        (work / name).mkdir(parents=True)
        (work / name / f"{name}.go").write_text(_PACKAGE.format(name=name), encoding="utf-8")
        (work / name / f"{name}_test.go").write_text(_TEST.format(name=name), encoding="utf-8")
    (work / "go.mod").write_text(f"module example.com/{SAMPLE}\n\ngo 1.22\n", encoding="utf-8")
    imports = "\n".join(f'\t"example.com/{SAMPLE}/{name}"' for name in names)
    routes = "\n".join(f'\tmux.HandleFunc("/{name}", {name}.Handler)' for name in names)
    (work / "main.go").write_text(_MAIN.format(imports=imports, routes=routes), encoding="utf-8")
    settings = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder)}
    git = Command("git", env={**settings, **_IDENTITY}, cwd=work)
    git.run("init", "--quiet", "--initial-branch=main")
    git.run("add", "--all")
    git.run("commit", "--quiet", "--message", "A service of several packages")
    served.parent.mkdir(exist_ok=True)
    git.run("clone", "--quiet", "--bare", str(work), str(served))
