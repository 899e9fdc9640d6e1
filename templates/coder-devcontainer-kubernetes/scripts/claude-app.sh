#!/bin/sh
# Runs when the app "Claude Code" is opened: go on with the last conversation, else begin with the first task.
PATH="$HOME/.local/bin:$PATH"
claude --continue 2>/dev/null || claude ${SPT_FLOW_AI_PROMPT:+"$SPT_FLOW_AI_PROMPT"}
