"""Answering an event: yes, no and why, somebody instead, by telephone, a seat, a room, and chasing the silent."""
