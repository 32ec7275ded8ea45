import type { ModelItem } from '../../../src/contract/models';
import { call } from './call';

/** The catalog. */

export async function readModels(signal?: AbortSignal): Promise<readonly ModelItem[]> {
  const options = signal === undefined ? {} : { signal };
  const reply = await call<{ readonly models: readonly ModelItem[] }>('GET', 'models', options);
  return reply.models;
}
