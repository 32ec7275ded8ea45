/** The answer that a turn follows. */
export interface ThreadEnd {
  readonly conversationId: string;
  readonly responseId: string;
}

/** Number of the remembered answer in its conversation, 1 for the first; null when it is not this credential's. */
export function turnOfAnswer(sql: SqlStorage, credential: string, end: ThreadEnd): number | null {
  const [row] = sql
    .exec<{ turn: number }>(
      'SELECT turn FROM answers WHERE response_id = ? AND conversation_id = ? AND credential = ?',
      end.responseId,
      end.conversationId,
      credential,
    )
    .toArray();
  return row?.turn ?? null;
}

export function hasConversation(sql: SqlStorage, credential: string, id: string): boolean {
  return (
    sql
      .exec(
        'SELECT 1 FROM answers WHERE conversation_id = ? AND credential = ? LIMIT 1',
        id,
        credential,
      )
      .toArray().length > 0
  );
}

/** Remembers a whole answer, so that it can be followed. */
export function keepAnswer(
  sql: SqlStorage,
  credential: string,
  end: ThreadEnd,
  turn: number,
): void {
  sql.exec(
    'INSERT INTO answers (response_id, conversation_id, credential, turn) VALUES (?, ?, ?, ?)',
    end.responseId,
    end.conversationId,
    credential,
    turn,
  );
}
