"""The scripts that shells load: each hands the words typed so far to this program and shows what comes back."""

__all__ = ["Shell", "completion_script"]

from enum import StrEnum
from typing import Final

_BASH: Final = r"""# sptcoder: completion for bash. Load it with: source <(sptcoder completion bash)
_sptcoder() {
    local IFS=$'\n'
    COMPREPLY=($("$1" __complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" "=${COMP_WORDS[COMP_CWORD]}" 2>/dev/null | cut -f1))
}
complete -o default -F _sptcoder sptcoder sptCoder
"""

_ZSH: Final = r"""#compdef sptcoder sptCoder
# sptcoder: completion for zsh. Load it with: source <(sptcoder completion zsh), after compinit
_sptcoder() {
    local line
    local -a found
    for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT-1]}" "=${words[CURRENT]}" 2>/dev/null)}"; do
        [[ -n $line ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    if (( ${#found} )); then _describe sptcoder found; else _files; fi
}
if [[ ${funcstack[1]} == _sptcoder ]]; then _sptcoder "$@"; else compdef _sptcoder sptcoder sptCoder; fi
"""

_FISH: Final = r"""# sptcoder: completion for fish. Load it with: sptcoder completion fish | source
function __sptcoder_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l found ($before[1] __complete $before[2..-1] "=$current" 2>/dev/null)
    if set -q found[1]
        printf '%s\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c sptcoder -f -a '(__sptcoder_complete)'
complete -c sptCoder -f -a '(__sptcoder_complete)'
"""

_POWERSHELL: Final = r"""# sptcoder: completion for PowerShell. Load it with:
# sptcoder completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName @('sptcoder', 'sptCoder') -ScriptBlock {
    param($current, $typed, $cursor)
    $before = @($typed.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object { "$_" })
    $rest = @($before | Select-Object -Skip 1)
    & $before[0] __complete @rest "=$current" 2>$null | ForEach-Object {
        $name, $help = $_ -split "`t", 2
        if (-not $help) { $help = $name }
        [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $help)
    }
}
"""


class Shell(StrEnum):
    """The shells there is a script for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


_SCRIPTS: Final = {Shell.BASH: _BASH, Shell.ZSH: _ZSH, Shell.FISH: _FISH, Shell.POWERSHELL: _POWERSHELL}


def completion_script(shell: Shell) -> str:
    """Return the script for a shell."""
    return _SCRIPTS[shell]
