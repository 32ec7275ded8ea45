-- Conversations that upstream keeps because a call asked for its answer to be stored: where the next
-- turn goes on, and which credential it is bound to. No row is written for any other call.
CREATE TABLE threads (
  -- The call id behind the answer's `chatcmpl-…`; ids sort by time, and so by when they expire.
  id TEXT PRIMARY KEY,
  key_id TEXT NOT NULL,
  token_id TEXT NOT NULL,
  model TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  -- The answer that the next turn follows.
  response_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
