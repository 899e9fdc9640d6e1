# shellcheck shell=sh
# Short names for what is typed most, for bash and zsh alike; ~/.aliases comes after them.
alias ls='ls --color=auto'
alias ll='ls -lh'
alias la='ls -lhA'
alias grep='grep --color=auto'
alias ..='cd ..'
alias ...='cd ../..'
alias g='git'
alias gs='git status --short --branch'
alias gd='git diff'
alias gl='git log --oneline --graph --decorate -20'
alias gc='git commit'
alias gp='git push'
alias k='kubectl'
alias d='docker'
alias cf='claude-flow'
alias cfi='claude-flow init'
alias cfs='claude-flow swarm'
# shellcheck source=/dev/null
if [ -r "$HOME/.aliases" ]; then . "$HOME/.aliases"; fi
