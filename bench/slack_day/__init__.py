"""A day of a large organisation in Slack, on a simulated clock: are its limits kept?"""
