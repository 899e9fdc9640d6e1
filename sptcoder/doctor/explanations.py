"""The failures users meet: what each of them means, and what helps."""

__all__ = ["EXPLANATIONS", "Explanation", "explanation"]

from typing import Final, NamedTuple

from core.errors import UsageError


class Explanation(NamedTuple):
    """A failure: what has happened, and what to do."""

    means: str
    helps: str


EXPLANATIONS: Final = {
    "not-signed-in": Explanation(
        "This machine keeps no address and token of a Coder server, and none are in the environment.",
        "sptcoder init; in a pipeline set CODER_URL and CODER_SESSION_TOKEN.",
    ),
    "bad-configuration": Explanation(
        "The configuration file was changed by hand, or only half of it is there. Nothing of it is used.",
        "Mend the line that is named, or remove the file and sign in again with sptcoder init.",
    ),
    "expired-token": Explanation(
        "Tokens live for as long as the server's owner allows; this one's time is over, or somebody revoked it.",
        "sptcoder init --url with the same address keeps a new token in its place. Workspaces are not touched.",
    ),
    "unreachable": Explanation(
        "No answer came: the name is not known, nothing listens, or something between here and there is in the way.",
        "Is the address right (sptcoder context show)? Is the VPN on? HTTPS_PROXY and NO_PROXY are honoured.",
    ),
    "tls": Explanation(
        "The server's certificate is of an authority this machine does not trust, of another name, or out of date.",
        "For an authority of your own, name its certificates in SSL_CERT_FILE. It is never left unchecked.",
    ),
    "not-coder": Explanation(
        "Something answers there, but it is not Coder's API: a login page of a proxy, or another program.",
        "Take the address that the Coder dashboard has in your browser, without the path behind the host.",
    ),
    "version-skew": Explanation(
        "Server and program were made too far apart: one asks for what the other does not know.",
        "Update whichever is older. sptcoder version shows both.",
    ),
    "template-missing": Explanation(
        "Workspaces are made from templates, and the server has none of that name.",
        "sptcoder template push brings the one that comes with this program; that takes a template admin.",
    ),
    "quota": Explanation(
        "The namespace of the workspaces, or your own budget, has no room for one more.",
        "Stop or delete what you do not need (sptcoder list), or ask for a smaller one: --param cpu=1.",
    ),
    "build-failed": Explanation(
        "Terraform could not make what the template describes; the last lines of its log say what.",
        "sptcoder logs NAME. After it is mended: the same command once more, nothing is lost.",
    ),
    "agent-silent": Explanation(
        "The workspace runs, but the agent in it has not called back: its image, or its way to the server, is broken.",
        "sptcoder logs NAME, then sptcoder restart NAME; the platform's owner can look at its pod.",
    ),
    "clone-refused": Explanation(
        "The workspace may not read the repository: its address is wrong, or a login is missing.",
        "Link your account (the address is /external-auth/ of the server), or lend your own login: "
        "sptcoder up --lend-git-credentials.",
    ),
    "stopped-waiting": Explanation(
        "Ctrl-C ends the waiting, not the work: the server goes on with what it has begun.",
        "The same sptcoder up once more joins in; sptcoder status NAME looks; sptcoder delete NAME takes it back.",
    ),
    "no-colours": Explanation(
        "Colours are left out where NO_COLOR is set, TERM is dumb, or the output is no terminal.",
        "Unset NO_COLOR. Nothing is said in colours alone.",
    ),
    "non-interactive": Explanation(
        "Where stdin is no terminal, or CI is set, nothing is asked: a pipeline would wait for ever.",
        "Give what is missing as an option; the error (exit code 2) says which. --yes answers questions.",
    ),
}
"""By name, as findings and `--explain` have it."""


def explanation(kind: str) -> Explanation:
    """Return the explanation of a failure; raise UsageError with the names there are."""
    if kind not in EXPLANATIONS:
        raise UsageError(
            f"There is no explanation of '{kind}'; there are: {', '.join(EXPLANATIONS)}, and all.",
            next_command="sptcoder doctor --explain all",
        )
    return EXPLANATIONS[kind]
