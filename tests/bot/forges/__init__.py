"""The forges, checked: each against a stand-in that keeps state, all against one contract."""
