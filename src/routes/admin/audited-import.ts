import type { AdminRequest } from '../../auth/admin';
import type { ImportSummary } from '../../contract/tokens';
import type { ImportProgress } from '../../tokens/import-tokens';
import { audit } from './io';

export type Import = AsyncGenerator<ImportProgress, ImportSummary>;

/**
 * An import that is written down however it ends: whole, stopped by who reads its progress, or broken
 * off. What was stored until then stays stored, so the log must say so.
 */
export async function* audited(
  request: AdminRequest,
  env: Env,
  ctx: ExecutionContext,
  run: Import,
  action: string,
): Import {
  let last: ImportProgress | null = null;
  let target = '';
  let detail = '';
  try {
    for (;;) {
      const step = await run.next();
      if (step.done === true) {
        const { total, added, updated, removed, invalid } = step.value;
        target = `${total} tokens`;
        detail = `${added} added, ${updated} updated, ${removed} removed, ${invalid.length} invalid`;
        return step.value;
      }
      last = step.value;
      yield step.value;
    }
  } finally {
    if (target === '' && last !== null) {
      target = `${last.total} tokens`;
      detail = `stopped after ${last.done}: ${last.added} added, ${last.updated} updated`;
    }
    if (target !== '') {
      const written = audit(request, env, action, target, detail);
      // Who stopped it has left: the row must outlive the request.
      ctx.waitUntil(written);
      await written;
    }
  }
}
