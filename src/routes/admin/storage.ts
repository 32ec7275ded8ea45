import { reply } from './io';

/** `GET storage` → `{ type }`: where lists are kept. */
export function show(): Response {
  return reply({ type: 'd1' });
}
