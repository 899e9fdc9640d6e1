# The module hands the system prompt over itself: the start script writes none.
locals {
  system_prompt_file = ""
}
