"""Every edge: forges, Slack, the web, the schedule, the command line, and what joins them."""
