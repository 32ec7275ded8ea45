import { describe, expect, it } from 'vitest';
import { draw } from '../../../../src/providers/grok-web/media/draw';
import { EgressError } from '../../../../src/egress/egress';
import { drain, fakeEgress, type Seen } from '../fakes';
import {
  CHAT_PATH,
  drawCall,
  LEGACY_EDIT,
  lines,
  message,
  partsOf,
  pathOf,
  picturesOf,
  PNG,
  rowOf,
  urlOf,
} from './support';

const FILE = { fileMetadataId: 'f1', fileUri: 'users/u1/f1/content' };
const FILE_URL = 'https://assets.grok.com/users/u1/f1/content';
const BAD = () => Response.json({ code: 3, message: 'Unknown model' }, { status: 400 });

/** A site that takes uploads and posts, and draws as the test says. */
function site(
  drawn: (turn: number, seen: Seen) => Response | Promise<Response>,
  post: () => Response = () => Response.json({ post: { id: 'p1' } }),
) {
  let turns = 0;
  const { egress, seen } = fakeEgress((asked) => {
    const { pathname } = new URL(asked.url);
    if (pathname === '/rest/app-chat/upload-file') return Response.json(FILE);
    if (pathname === '/http/upload-file-v2/direct') {
      return Response.json({ uploadId: 'x', fileMetadata: FILE });
    }
    if (pathname === '/rest/media/post/create') return post();
    return drawn(turns++, asked);
  });
  const chats = () => seen.filter(({ url }) => url.endsWith(CHAT_PATH));
  return { egress, seen, chats };
}

const edited = (turn: number) => lines(message(pathOf(`a${turn}`), pathOf(`b${turn}`)));
const modelMap = (references: readonly string[], more = {}) => ({
  modelConfigOverride: {
    modelMap: {
      imageEditModel: 'imagine',
      imageEditModelConfig: { imageReferences: references, ...more },
    },
  },
});

describe('edits of the first generation', () => {
  it('name the originals by address, two pictures a call', async () => {
    const { egress, chats, seen } = site(edited);
    const task = { n: 3, images: [PNG, PNG], ratio: '3:2' };
    const stream = await draw(drawCall(LEGACY_EDIT, egress, task));
    const { parts, failure } = await drain(stream);
    expect(failure).toBeNull();
    expect(picturesOf(parts)).toEqual([urlOf('a0'), urlOf('b0'), urlOf('a1')]);
    expect(seen.filter(({ url }) => url.endsWith('/upload-file'))).toHaveLength(2);
    expect(chats()).toHaveLength(2);
    expect(chats()[0]?.headers.get('referer')).toBe('https://grok.com/imagine');
    expect(chats()[0]?.body).toMatchObject({
      modelName: 'imagine-image-edit',
      message: 'Image Edit: a red kite',
      toolOverrides: { imageGen: true },
      fileAttachments: [],
      responseMetadata: {
        ...modelMap([FILE_URL, FILE_URL], { aspectRatio: '3:2' }),
        requestModelDetails: { modelId: 'imagine-image-edit' },
      },
    });
    expect(chats()[0]?.body).not.toHaveProperty('modelMode');
    expect(stream.unitsSpent?.()).toBe(8);
  });

  it('fall back to the older model, then to attachments, once for all turns', async () => {
    const { egress, chats } = site((turn) => (turn < 2 ? BAD() : edited(turn)));
    const stream = await draw(drawCall(LEGACY_EDIT, egress, { n: 3, images: [PNG] }));
    const { parts, failure } = await drain(stream);
    expect(failure).toBeNull();
    expect(partsOf(parts, 'image')).toHaveLength(3);
    expect(chats().map(({ body }) => [body['modelName'], body['fileAttachments']])).toEqual([
      ['imagine-image-edit', []],
      ['grok-3', []],
      ['imagine-image-edit', ['f1']],
      ['imagine-image-edit', ['f1']],
    ]);
    expect(chats()[1]?.body).toMatchObject({ modelMode: 'MODEL_MODE_FAST' });
    expect(stream.unitsSpent?.()).toBe(8);
  });

  it.each([
    ['a limit', () => Response.json({ code: 8 }, { status: 429 }), 'limited'],
    ['a moderated prompt', () => moderated(), 'refused'],
    ['a 500, which may have been counted', () => new Response('', { status: 500 }), 'faulty'],
    ['a connection that failed', () => Promise.reject(new EgressError('x')), 'unused'],
  ])('do not repeat themselves after %s', async (_name, answer, outcome) => {
    const { egress, chats } = site(answer);
    const { failure } = await drain(await draw(drawCall(LEGACY_EDIT, egress, { images: [PNG] })));
    expect(failure).toMatchObject({ outcome });
    expect(chats()).toHaveLength(1);
  });

  it('ask nothing when an original cannot be uploaded', async () => {
    const { egress, chats } = site(edited);
    const task = { images: ['data:text/plain;base64,AAAA'] };
    const stream = await draw(drawCall(LEGACY_EDIT, egress, task));
    expect((await drain(stream)).failure).toMatchObject({ code: 'invalid_image' });
    expect(chats()).toEqual([]);
    expect(stream.unitsSpent?.()).toBe(0);
  });
});

describe('edits of the second generation', () => {
  const model = rowOf('grok-imagine-image-edit', 'g2');

  it('hang on a media post of the first original', async () => {
    const { egress, chats, seen } = site(edited);
    const { failure } = await drain(await draw(drawCall(model, egress, { images: [PNG] })));
    expect(failure).toBeNull();
    expect(seen.find(({ url }) => url.endsWith('/post/create'))?.body).toEqual({
      mediaType: 'MEDIA_POST_TYPE_IMAGE',
      mediaUrl: FILE_URL,
    });
    expect(chats()[0]?.headers.get('referer')).toBe('https://grok.com/imagine/post/p1');
    expect(chats()[0]?.body).toMatchObject({
      message: 'a red kite',
      responseMetadata: modelMap([FILE_URL], { parentPostId: 'p1' }),
    });
  });

  it('hang on the original itself when there is no post', async () => {
    const { egress, chats } = site(edited, () => new Response('', { status: 500 }));
    const { failure } = await drain(await draw(drawCall(model, egress, { images: [PNG] })));
    expect(failure).toBeNull();
    expect(chats()[0]?.body).toMatchObject({
      responseMetadata: modelMap([FILE_URL], { parentPostId: 'f1' }),
    });
  });

  it('end where the post says that the credential cannot serve', async () => {
    const { egress, chats } = site(edited, () => new Response('', { status: 401 }));
    const { failure } = await drain(await draw(drawCall(model, egress, { images: [PNG] })));
    expect(failure).toMatchObject({ outcome: 'revoked' });
    expect(chats()).toEqual([]);
  });
});

describe('edits of the third generation', () => {
  it('send six keys, one picture a call', async () => {
    const model = rowOf('grok-imagine-image-edit', 'g3');
    const { egress, chats } = site(edited);
    const task = { n: 2, images: [PNG], ratio: '1:1' };
    const stream = await draw(drawCall(model, egress, task));
    const { parts, failure } = await drain(stream);
    expect(failure).toBeNull();
    expect(picturesOf(parts)).toEqual([urlOf('a0'), urlOf('a1')]);
    expect(chats().map(({ body }) => body)).toEqual(
      Array.from({ length: 2 }, () => ({
        modelName: 'imagine-image-edit',
        message: 'a red kite',
        enableImageStreaming: true,
        enableSideBySide: true,
        sendFinalMetadata: true,
        mediaGenInput: {
          imageToImage: { prompt: 'a red kite', inputAssets: ['f1'], aspectRatio: '1:1' },
        },
      })),
    );
    expect(stream.unitsSpent?.()).toBe(2);
  });
});

function moderated(): Response {
  const error = { code: 'content-moderated', message: 'Not this.' };
  return Response.json({ error }, { status: 403 });
}
