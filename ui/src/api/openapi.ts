import type { Spec } from '../docs/spec';

/** The gateway's OpenAPI document. @throws Error when it cannot be read. */
export async function readSpec(signal: AbortSignal): Promise<Spec> {
  const response = await fetch('/openapi.json', { signal });
  if (!response.ok) throw new Error(`openapi.json: ${response.status}`);
  return response.json();
}
