import type { StoredEvent } from '../../src/imagine/event-log';
import { type NewRun, SessionBook } from '../../src/imagine/session-book';
import { openDatabase } from '../walk/sqlite-port';

/** A book over a database that outlives it: `wake` is what a restart does. */
export function openBook() {
  const database = openDatabase();
  const told: StoredEvent[] = [];
  let ids = 0;
  const ports = {
    sql: database.sql,
    transaction: database.transaction,
    forget: () => {
      for (const table of ['events', 'session', 'used_tickets']) {
        database.sql.exec(`DROP TABLE ${table}`);
      }
    },
    emit: (event: StoredEvent) => told.push(event),
    randomId: () => String((ids += 1)).padStart(32, '0'),
  };
  return { database, told, wake: () => new SessionBook(ports) };
}

export function plan(fields: Partial<NewRun> = {}): NewRun {
  return {
    keyId: 'key_1',
    prompt: 'a red kite',
    ratio: '2:3',
    mode: 'continuous',
    n: 4,
    model: 'grok-imagine-image',
    origin: 'https://gw.test',
    ip: null,
    ...fields,
  };
}

/** What the events say, without their texts. */
export function brief(events: readonly StoredEvent[]): string[] {
  return events.map(({ json }) => {
    const event: unknown = JSON.parse(json);
    const { type, status, sequence, code } = Object(event);
    return [type, status ?? sequence ?? code].join(' ');
  });
}
