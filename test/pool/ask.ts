import type { Ask } from '../../src/pool/call';

/** An ask for one chat on a basic account of the Grok site, of a key that is to be named. */
export function askOf(fields: Partial<Ask> & Pick<Ask, 'callId' | 'keyId'>): Ask {
  return {
    keyVersion: 1,
    settingsVersion: 0,
    model: 'grok-4',
    kind: 'chat',
    ip: null,
    provider: 'grok-web',
    tiers: ['basic'],
    bucket: 'grok-4',
    units: 1,
    metered: true,
    charges: { chat: 1 },
    stream: false,
    termMs: 60_000,
    ...fields,
  };
}
