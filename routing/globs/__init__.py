"""The automaton behind every path pattern."""
