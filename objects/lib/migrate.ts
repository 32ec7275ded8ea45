/** One step of an object's schema. Append only: a deployed step is never edited. */
export interface ObjectMigration {
  /** `NNN_what` */
  readonly id: string;
  readonly sql: string;
}

interface MigrationPorts {
  readonly sql: { exec<Row>(query: string, ...bindings: string[]): { toArray(): Row[] } };
  transaction<T>(run: () => T): T;
}

/**
 * Applies the steps that storage has not seen yet, each in its own transaction.
 * @throws Error when storage holds a step that the code does not know: an older version was deployed over a newer.
 */
export function migrate(ports: MigrationPorts, migrations: readonly ObjectMigration[]): void {
  ports.sql.exec('CREATE TABLE IF NOT EXISTS _migrations (id TEXT PRIMARY KEY) STRICT');
  const applied = ports.sql
    .exec<{ id: string }>('SELECT id FROM _migrations ORDER BY id')
    .toArray()
    .map((row) => row.id);
  applied.forEach((id, i) => {
    if (migrations[i]?.id !== id) throw new Error(`storage has migration ${id}, the code does not`);
  });
  for (const step of migrations.slice(applied.length)) {
    ports.transaction(() => {
      ports.sql.exec(step.sql);
      ports.sql.exec('INSERT INTO _migrations (id) VALUES (?1)', step.id);
    });
  }
}
