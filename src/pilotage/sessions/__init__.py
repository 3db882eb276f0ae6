"""The loop: create a session, step, answer, finish; and the renders around it."""
