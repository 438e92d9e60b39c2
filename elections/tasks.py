"""Every background task. A task loads what it is about and calls an action; rules live in actions."""
