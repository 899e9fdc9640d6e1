"""The workspace rules as CEL, a rule a file: each is an expression whose value is the list of complaints."""
