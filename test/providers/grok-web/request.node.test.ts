import { describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../../src/models/model-spec';
import { restHeaders } from '../../../src/providers/grok-web/headers';
import { chatBody } from '../../../src/providers/grok-web/request';
import { MODEL, request, SECRET, SETTINGS } from './fakes';

const TURN = { message: 'Sky colour?', attachments: ['f1'], temporary: true };
const MODE: ModelSpec = {
  ...MODEL,
  dialect: 'rest-mode',
  upstream: { model: 'fast', mode: 'fast' },
};

const SHARED = {
  temporary: true,
  message: 'Sky colour?',
  fileAttachments: ['f1'],
  imageAttachments: [],
  disableSearch: false,
  enableImageGeneration: true,
  returnImageBytes: false,
  returnRawGrokInXaiRequest: false,
  enableImageStreaming: true,
  imageGenerationCount: 2,
  forceConcise: false,
  enableSideBySide: true,
  sendFinalMetadata: true,
  forceSideBySide: false,
  isAsyncChat: false,
};

describe('chatBody', () => {
  it('selects by modelName and modelMode with exactly the fields of generation 1', () => {
    expect(chatBody(MODEL, request('x'), TURN)).toEqual({
      ...SHARED,
      modelName: 'grok-4',
      modelMode: 'MODEL_MODE_GROK_4',
      toolOverrides: {},
      isReasoning: false,
      webpageUrls: [],
      disableTextFollowUps: true,
      disableMemory: false,
      responseMetadata: { requestModelDetails: { modelId: 'grok-4' } },
    });
  });

  it('selects by modeId with exactly the fields of generation 2', () => {
    expect(chatBody(MODE, request('x', { temperature: 1 }), TURN)).toEqual({
      ...SHARED,
      modeId: 'fast',
      collectionIds: [],
      disabledConnectorIds: [],
      disableMemory: true,
      disableSelfHarmShortCircuit: false,
      disableTextFollowUps: false,
      responseMetadata: {},
      deviceEnvInfo: {
        darkModeEnabled: false,
        devicePixelRatio: 2,
        screenWidth: 2056,
        screenHeight: 1328,
        viewportWidth: 2056,
        viewportHeight: 1083,
      },
    });
  });

  it('passes sampling on as an override, and only what was given', () => {
    const asked = request('x', { temperature: 0, top_p: null, reasoning_effort: 'high' });
    expect(chatBody(MODEL, asked, TURN)).toMatchObject({
      responseMetadata: {
        requestModelDetails: { modelId: 'grok-4' },
        modelConfigOverride: { temperature: 0, reasoningEffort: 'high' },
      },
    });
  });
});

describe('restHeaders', () => {
  const given = { ...SETTINGS, statsigId: ' pasted\nid ', clearance: 'clear; other=1' };

  it('sends the common set and nothing made up', () => {
    const headers = restHeaders(SECRET, SETTINGS, true);
    expect(headers).toEqual({
      accept: '*/*',
      'accept-language': expect.any(String),
      'cache-control': 'no-cache',
      'content-type': 'application/json',
      cookie: `sso=${SECRET}; sso-rw=${SECRET}`,
      origin: 'https://grok.com',
      pragma: 'no-cache',
      priority: 'u=1, i',
      referer: 'https://grok.com/',
      'sec-fetch-dest': 'empty',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'same-origin',
      'user-agent': SETTINGS.userAgent,
      'x-xai-request-id': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/),
    });
    expect(restHeaders(SECRET, SETTINGS, true)['x-xai-request-id']).not.toBe(
      headers['x-xai-request-id'],
    );
  });

  it('adds the clearance and the statsig id as pasted, where they belong', () => {
    const headers = restHeaders(SECRET, given, true);
    expect(headers['cookie']).toBe(`sso=${SECRET}; sso-rw=${SECRET}; cf_clearance=clear`);
    expect(headers['x-statsig-id']).toBe('pastedid');
    expect(restHeaders(SECRET, given, false)['x-statsig-id']).toBeUndefined();
  });

  it('leaves an empty user agent out', () => {
    expect(restHeaders(SECRET, { ...SETTINGS, userAgent: '' }, true)['user-agent']).toBeUndefined();
  });

  it.each(['', 'a b', 'a;b', 'a\r\nx: y', 'é'])(
    'refuses the credential %j without repeating it',
    (secret) => {
      expect(() => restHeaders(secret, SETTINGS, true)).toThrow(
        expect.objectContaining({
          outcome: 'revoked',
          message: 'The upstream credential is malformed.',
        }),
      );
    },
  );
});
