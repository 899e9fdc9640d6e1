# For interactive zsh. Taken from the image when the home was new; it is yours to change.
HISTFILE=~/.zsh_history
HISTSIZE=50000
SAVEHIST=50000
setopt append_history extended_history hist_ignore_dups hist_ignore_space share_history
setopt auto_cd interactive_comments prompt_subst no_beep
bindkey -e

autoload -Uz compinit vcs_info add-zsh-hook
# The volume of a home may belong to a group: its files are the owner's all the same.
compinit -u -d "${XDG_CACHE_HOME:-$HOME/.cache}/zcompdump-$ZSH_VERSION"
zstyle ':completion:*' menu select
zstyle ':completion:*' matcher-list 'm:{a-z}={A-Z}'

# folder, branch, and the exit code when it is not 0
zstyle ':vcs_info:*' enable git
zstyle ':vcs_info:git:*' formats ' %F{magenta}%b%f'
zstyle ':vcs_info:git:*' actionformats ' %F{magenta}%b|%a%f'
add-zsh-hook precmd vcs_info
PROMPT='%F{cyan}%~%f${vcs_info_msg_0_}%(?.. %F{red}%?%f) %# '

[[ -r /usr/lib/spt-flow/aliases.sh ]] && source /usr/lib/spt-flow/aliases.sh
(( $+commands[direnv] )) && eval "$(direnv hook zsh)"
[[ -r ~/.zshrc.local ]] && source ~/.zshrc.local
true
