// A durable store that asks for nothing: `acceptedHostParams: []` leaves it the session id, the messages and the budget. The id alone names
// a session, and a history that has become empty is the only sign of a reset. Older turns are let go of when the host asks for room.
