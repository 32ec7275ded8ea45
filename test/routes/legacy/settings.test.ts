import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { audited } from '../admin/client';
import { type LegacyClient, signInLegacy } from './client';

let client: LegacyClient;
beforeAll(async () => {
  client = await signInLegacy();
});
beforeEach(async () => {
  await env.DB.prepare('DELETE FROM settings').run();
});

const shown = async () => (await client.get('settings')).body.data;

describe('settings of the older paths', () => {
  it('are shown under the older names', async () => {
    const { body } = await client.get('settings');
    expect(body.success).toBe(true);
    expect(body.data.global).toMatchObject({
      base_url: '',
      image_mode: 'url',
      log_max_count: 10_000,
    });
    expect(body.data.grok).toMatchObject({
      temporary: false,
      show_thinking: true,
      stream_first_response_timeout: 60,
      stream_chunk_timeout: 120,
      stream_total_timeout: 600,
      max_retry: 3,
      x_statsig_id: '',
      cf_clearance: '',
      image_generation_method: 'legacy',
    });
    expect(Object.keys(body.data)).toEqual(expect.arrayContaining(['token', 'cache', 'media']));
    expect((await client.get('storage/mode')).body).toEqual({
      success: true,
      data: { mode: 'D1' },
    });
  });

  it('are saved under the older names, and posted back whole they change nothing', async () => {
    const { body } = await client.post('settings', {
      global_config: {
        base_url: 'https://media.example',
        image_mode: 'b64_json',
        log_level: 'DEBUG',
        token_refresh_interval: 3_600,
        admin_password: '',
      },
      grok_config: {
        show_thinking: false,
        stream_chunk_timeout: 33,
        filter_tags: 'one, two,',
        retry_status_codes: [401, 429],
        api_key: '',
      },
    });
    expect(body).toEqual({ success: true, message: expect.any(String) });
    const saved = await shown();
    expect(saved.global).toMatchObject({
      base_url: 'https://media.example',
      image_mode: 'b64_json',
      log_level: 'DEBUG',
      token_refresh_interval: 3_600,
    });
    expect(saved.grok).toMatchObject({
      show_thinking: false,
      stream_chunk_timeout: 33,
      filter_tags: ['one', 'two'],
      retry_status_codes: [401, 429],
    });
    const back = { global_config: saved.global, grok_config: saved.grok };
    expect((await client.post('settings', back)).body.success).toBe(true);
    expect(await shown()).toEqual(saved);
    expect(await audited(client.admin)).toContain('config.update');
  });

  it('D-17: shows secrets as masks, and a mask posted back leaves them', async () => {
    const secret = 'a-long-clearance-value-0123456789';
    await client.post('settings', { grok_config: { cf_clearance: secret } });
    const { grok } = await shown();
    expect(grok.cf_clearance).toContain('****');
    expect(JSON.stringify(await shown())).not.toContain(secret);
    await client.post('settings', { grok_config: { ...grok, temporary: true } });
    const row = await env.DB.prepare('SELECT value FROM settings').first<string>('value');
    expect(JSON.parse(row ?? '').grok).toMatchObject({ cf_clearance: secret, temporary: true });
    await client.post('settings', { grok_config: { cf_clearance: '' } });
    expect((await shown()).grok.cf_clearance).toBe('');
  });

  it('D-22: refuses what is no value of a setting, and then saves nothing', async () => {
    const before = await shown();
    for (const [config, param] of [
      [{ global_config: { base_url: 'javascript:alert(1)' } }, 'app.app_url'],
      [{ global_config: { image_mode: 7 } }, 'app.image_format'],
      [{ grok_config: { temporary: 'yes', show_thinking: false } }, 'grok.temporary'],
      [{ grok_config: { stream_total_timeout: 0 } }, 'stream.total_s'],
      [{ grok_config: { constructor_name: 1 } }, 'grok.constructor_name'],
      [{ global_config: { admin_password: 'new password' } }, 'app.app_key'],
      [{ grok_config: { api_key: 'global-key' } }, 'app.api_key'],
      [{ global_config: [] }, 'global_config'],
    ] as const) {
      const { status, body } = await client.post('settings', config);
      expect([status, body.error?.code, body.error?.param]).toEqual([
        400,
        'invalid_request',
        param,
      ]);
    }
    expect(await shown()).toEqual(before);
  });

  it('D-49: edits made at once are all kept', async () => {
    await Promise.all([
      client.post('settings', { grok_config: { stream_chunk_timeout: 31 } }),
      client.post('settings', { grok_config: { stream_total_timeout: 601 } }),
      client.post('settings', { global_config: { log_max_count: 12_345 } }),
    ]);
    const { global, grok } = await shown();
    expect([grok.stream_chunk_timeout, grok.stream_total_timeout, global.log_max_count]).toEqual([
      31, 601, 12_345,
    ]);
  });
});
