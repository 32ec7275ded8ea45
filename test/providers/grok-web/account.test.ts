import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { directEgress } from '../../../src/egress/direct';
import { readQuota } from '../../../src/providers/grok-web/quota';
import { uploadAssets } from '../../../src/providers/grok-web/upload';
import { userIdOf } from '../../simulator/grok-user';
import { call, MODEL, SETTINGS } from './fakes';

/** What an account is told and given outside a chat, over the simulated site. */

const egress = directEgress(env.EGRESS);
const settings = { ...SETTINGS, baseUrl: 'https://grok.com', userAgent: 'Mozilla/5.0' };
const PNG = `data:image/png;base64,${btoa('\x89PNG\r\n\x1a\n and more')}`;

describe('the quota of an account', () => {
  const read = (secret: string, bucket: string) =>
    readQuota({ secret, bucket, egress, settings, signal: new AbortController().signal });

  it('is read for modes and for Imagine', async () => {
    expect(await read('acc-q9-agent', 'mode:fast')).toMatchObject({ remaining: 9, limit: 9 });
    expect(await read('acc-q9-agent', 'imagine:image_pro')).toEqual({
      remaining: 9,
      limit: null,
      resetAfterMs: 7_200_000,
    });
    expect(await read('acc-free', 'imagine:video')).toMatchObject({ remaining: null });
    await expect(read('acc-noread', 'imagine:video')).rejects.toMatchObject({ outcome: 'faulty' });
    await expect(read('acc-unauthorized', 'imagine:video')).rejects.toMatchObject({
      outcome: 'revoked',
    });
  });
});

describe('an upload', () => {
  const upload = (secret: string, dialect: 'gateway' | 'rest-mode', purpose: 'chat' | 'imagine') =>
    uploadAssets(
      call(egress, { secret, settings, model: { ...MODEL, dialect } }),
      [PNG, PNG],
      purpose,
    );

  it.each(['gateway', 'rest-mode'] as const)('over %s gives ids and paths', async (dialect) => {
    const secret = `acc-up-${dialect === 'gateway' ? 'new' : 'old'}`;
    const assets = await upload(secret, dialect, 'imagine');
    expect(new Set(assets.map(({ id }) => id)).size).toBe(2);
    expect(assets.map(({ uri }) => uri)).toEqual(
      assets.map(({ id }) => `users/${userIdOf(secret)}/${id}/content`),
    );
  });

  it('that is still taken in will do for a chat and not for Imagine', async () => {
    const [asset] = await upload('acc-uploadidonly', 'gateway', 'chat');
    expect(asset).toMatchObject({ uri: null });
    await expect(upload('acc-uploadidonly', 'gateway', 'imagine')).rejects.toMatchObject({
      outcome: 'unused',
    });
  });

  it('that upstream will not take is refused', async () => {
    await expect(upload('acc-terminalerror', 'gateway', 'chat')).rejects.toMatchObject({
      outcome: 'refused',
      code: 'upstream_refused',
    });
  });
});
