import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { directEgress } from '../../../../src/egress/direct';
import type { ModelSpec } from '../../../../src/models/model-spec';
import { unitsFor, withImageMethod } from '../../../../src/models/grok-media-models';
import { grokWeb } from '../../../../src/providers/grok-web/index';
import type { DrawTask, FilmTask, Part, PartStream } from '../../../../src/providers/provider';
import { assetsUrlOf, baseUrlOf } from '../../../../src/providers/registry';
import { drain, SETTINGS } from '../fakes';
import {
  accountCall,
  drawCall,
  filmCall,
  LEGACY,
  LEGACY_EDIT,
  LEGACY_FILM,
  partsOf,
  picturesOf,
  rowOf,
} from './support';

const egress = directEgress(env.EGRESS);
const settings = {
  ...SETTINGS,
  baseUrl: baseUrlOf('grok-web', env),
  assetsUrl: assetsUrlOf('grok-web', env),
};
/** A whole PNG of one pixel. */
const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const LITE = rowOf('grok-imagine-image-lite', 'g3');
const LITE_2 = rowOf('grok-imagine-image-lite', 'g2');
const IMAGINE = rowOf('grok-imagine-image', 'g3');
const PRO = rowOf('grok-imagine-image-2.0', 'g3');

const draw = (model: ModelSpec, secret: string, task: Partial<DrawTask> = {}) =>
  grokWeb.draw!(drawCall(model, egress, task, { secret, settings }));
const film = (model: ModelSpec, secret: string, task: Partial<FilmTask> = {}) =>
  grokWeb.film!(filmCall(model, egress, task, { secret, settings }));
const account = (secret: string) => accountCall(egress, { secret, settings });

async function whole(opening: Promise<PartStream>) {
  const stream = await opening;
  return { ...(await drain(stream)), units: stream.unitsSpent?.() };
}

/** Units that upstream has counted, by bucket. */
async function counted(credential: string): Promise<Record<string, number>> {
  const response = await env.EGRESS!.fetch(
    `https://simulator.local/ledger?credential=${credential}`,
    {},
  );
  const { buckets } = await response.json<{
    buckets: { bucket: string; used: number; accepted: number }[];
  }>();
  return Object.fromEntries(buckets.map(({ bucket, used }) => [bucket, used]));
}

async function callsOf(credential: string): Promise<{ path: string; ended: string }[]> {
  const response = await env.EGRESS!.fetch(
    `https://simulator.local/calls?credential=${credential}`,
    {},
  );
  return (await response.json<{ calls: { path: string; ended: string }[] }>()).calls;
}

const sum = (used: Record<string, number>) =>
  Object.values(used).reduce((all, one) => all + one, 0);

describe('drawing against the site', () => {
  const ROWS: readonly (readonly [string, ModelSpec, Partial<DrawTask>])[] = [
    ['legacy', LEGACY, {}],
    ['imagine', withImageMethod(LEGACY, 'imagine_ws_experimental'), {}],
    ['lite2', LITE_2, {}],
    ['lite3', LITE, {}],
    ['imagine3', IMAGINE, {}],
    ['pro3', PRO, { ratio: '3:2' }],
    ['edit1', LEGACY_EDIT, { images: [PNG, PNG] }],
    ['edit2', rowOf('grok-imagine-image-edit', 'g2'), { images: [PNG] }],
    ['edit3', rowOf('grok-imagine-image-edit', 'g3'), { images: [PNG], ratio: '1:1' }],
  ];
  for (const [name, model, task] of ROWS) {
    it(`gives three pictures that can be read, for what upstream counts: ${name}`, async () => {
      const secret = `draw-${name}`;
      const { parts, failure, units } = await whole(
        draw(model, secret, { n: 3, concurrency: 2, ...task }),
      );
      expect(failure).toBeNull();
      const urls = picturesOf(parts);
      expect(new Set(urls).size).toBe(3);
      expect(parts.at(-1)).toEqual({ type: 'finish', usage: null });
      expect(units).toBe(unitsFor(model, 3));
      expect(sum(await counted(secret))).toBe(units);
      expect(Object.keys(await counted(secret))).toHaveLength(1);
      for (const url of urls) {
        const file = await grokWeb.fetchAsset!(account(secret), url ?? '', new Headers());
        expect(file.status).toBe(200);
        expect(file.headers.get('content-type')).toBe('image/jpeg');
        await file.body?.cancel();
      }
    });
  }

  it('tells progress on the way, with previews where the socket sends them', async () => {
    const { parts } = await whole(draw(IMAGINE, 'progress-imagine', { n: 2 }));
    expect(
      partsOf(parts, 'image-progress').map(({ index, progress }) => [index, progress]),
    ).toEqual([
      [0, 30],
      [1, 30],
      [0, 60],
      [1, 60],
    ]);
    expect(partsOf(parts, 'image-progress')[0]?.base64).toMatch(/^iVBOR/);
    // The last one is finished first; each keeps its place.
    expect(partsOf(parts, 'image').map(({ index }) => index)).toEqual([1, 0]);
  });

  it.each(['badjson', 'dataprefix', 'joined', 'split', 'nonewline'])(
    'reads the framing %s',
    async (framing) => {
      const { parts, failure } = await whole(draw(LEGACY, `draw-${framing}`, { n: 2 }));
      expect(failure).toBeNull();
      expect(partsOf(parts, 'image')).toHaveLength(2);
    },
  );

  it('gives the only picture of a call (D-39) and says which are missing (D-40)', async () => {
    const one = await whole(draw(LEGACY, 'only-oneimage', { n: 1 }));
    expect(picturesOf(one.parts)).toHaveLength(1);
    const { parts, failure } = await whole(draw(LEGACY, 'few-oneimage', { n: 4 }));
    expect(failure).toBeNull();
    expect(partsOf(parts, 'image').map(({ index }) => index)).toEqual([0, 2]);
    expect(partsOf(parts, 'image-failed').map(({ index }) => index)).toEqual([1, 3]);
  });

  it('keeps the other pictures when calls fail (D-70)', async () => {
    const { parts, failure } = await whole(draw(LEGACY, 'some-once500', { n: 4, concurrency: 2 }));
    expect(failure).toBeNull();
    expect(partsOf(parts, 'image')).toHaveLength(2);
    expect(partsOf(parts, 'image-failed')).toHaveLength(2);
  });

  it.each([
    ['modimage', LEGACY],
    ['modslot', IMAGINE],
  ] as const)('withholds the one that is moderated: %s', async (word, model) => {
    const secret = `withheld-${word}`;
    const { parts, failure, units } = await whole(draw(model, secret, { n: 2 }));
    expect(failure).toBeNull();
    expect(partsOf(parts, 'image')).toHaveLength(1);
    expect(partsOf(parts, 'image-failed')).toMatchObject([{ code: 'content_policy_violation' }]);
    expect(sum(await counted(secret))).toBe(units);
  });

  it.each([
    ['legacy', LEGACY, []],
    ['imagine', IMAGINE, []],
    ['lite', LITE, []],
    ['edit', LEGACY_EDIT, [PNG]],
  ] as const)('refuses when everything is moderated: %s', async (name, model, images) => {
    const secret = `${name}-modall`;
    const { parts, failure, units } = await whole(draw(model, secret, { n: 2, images }));
    expect(partsOf(parts, 'image')).toEqual([]);
    expect(failure).toMatchObject({ outcome: 'refused', code: 'content_policy_violation' });
    expect(sum(await counted(secret))).toBe(units);
  });

  it('attaches the originals where upstream takes them in no other way, and pays for one edit', async () => {
    const secret = 'edit-noreferences';
    const { parts, failure, units } = await whole(draw(LEGACY_EDIT, secret, { images: [PNG] }));
    expect(failure).toBeNull();
    expect(partsOf(parts, 'image')).toHaveLength(1);
    expect(units).toBe(LEGACY_EDIT.units);
    expect(sum(await counted(secret))).toBe(units);
  });

  it('ignores frames of another request', async () => {
    const { parts, failure } = await whole(draw(IMAGINE, 'imagine-foreign', { n: 2 }));
    expect(failure).toBeNull();
    expect(partsOf(parts, 'image')).toHaveLength(2);
  });

  it('keeps what came ahead of a close or an error frame', async () => {
    const closed = await whole(draw(IMAGINE, 'imagine-earlyclose', { n: 3 }));
    expect(closed.failure).toBeNull();
    expect(partsOf(closed.parts, 'image')).toHaveLength(1);
    expect(partsOf(closed.parts, 'image-failed')).toHaveLength(2);
    const failed = await whole(draw(IMAGINE, 'imagine-errorframe', { n: 3 }));
    expect(failed.failure).toMatchObject({ outcome: 'faulty' });
    expect(failed.units).toBe(3);
  });

  it('closes the socket when nobody reads any more', async () => {
    const stream = await draw(IMAGINE, 'leave-previewonly', { n: 2 });
    expect(await stream.read()).toMatchObject([{ type: 'image-progress' }]);
    stream.cancel();
    expect(await stream.read()).toBeNull();
    const endings = async () => (await callsOf('leave-previewonly')).map(({ ended }) => ended);
    await expect.poll(endings).toContain('cancelled');
  });

  const FAULTS: readonly (readonly [word: string, outcome: string])[] = [
    ['unauthorized', 'revoked'],
    ['banned', 'banned'],
    ['challenge', 'blocked'],
    ['antibot', 'blocked'],
    ['limited', 'limited'],
    ['moderated', 'refused'],
    ['inband8', 'limited'],
  ];
  for (const [word, outcome] of FAULTS) {
    it(`calls ${word} ${outcome}, whichever way it draws`, async () => {
      for (const model of [LEGACY, LITE, IMAGINE]) {
        const secret = `${model.id.replaceAll(/[-.]/g, '')}-${word}`;
        const { parts, failure, units } = await whole(draw(model, secret));
        expect(partsOf(parts, 'image')).toEqual([]);
        expect(failure).toMatchObject({ name: 'ProviderError', outcome });
        expect(units).toBe(0);
        expect(sum(await counted(secret))).toBe(0);
      }
    });
  }

  it.each([
    ['e500', LEGACY, 'faulty', 4],
    ['e500counts', LEGACY, 'faulty', 4],
    ['e500counts', IMAGINE, 'faulty', 1],
    // A handshake, or a session that is asked for ahead of it, is no picture.
    ['e503', IMAGINE, 'faulty', 0],
    ['e503', LITE, 'unused', 0],
    ['cut', LEGACY, 'faulty', 4],
    ['cutfirst', IMAGINE, 'faulty', 1],
  ] as const)('spends what upstream may have counted: %s', async (word, model, outcome, spent) => {
    const secret = `${model.id.replaceAll(/[-.]/g, '')}-${word}`;
    const { failure, units } = await whole(draw(model, secret));
    expect(failure).toMatchObject({ outcome });
    expect(units).toBe(spent);
    expect(sum(await counted(secret))).toBeLessThanOrEqual(spent);
  });

  it('stops at the quota: what upstream gave is kept, the rest is refused', async () => {
    const { parts, failure, units } = await whole(draw(LEGACY, 'draw-q4', { n: 6 }));
    expect(partsOf(parts, 'image')).toHaveLength(2);
    expect(failure).toMatchObject({ outcome: 'limited' });
    expect(units).toBe(4);
    expect(await counted('draw-q4')).toEqual({ 'grok-3': 4 });
  });
});

describe('filming against the site', () => {
  const videoOf = (parts: readonly Part[]) => partsOf(parts, 'video')[0];
  const ROWS: readonly (readonly [string, ModelSpec, Partial<FilmTask>])[] = [
    ['words1', LEGACY_FILM, {}],
    ['picture1', LEGACY_FILM, { image: PNG, resolution: '720p' }],
    ['words2', rowOf('grok-imagine-video', 'g2'), {}],
    ['picture2', rowOf('grok-imagine-video', 'g2'), { image: PNG }],
    ['words3', rowOf('grok-imagine-video', 'g3'), { resolution: '720p', ratio: '16:9' }],
  ];
  for (const [name, model, task] of ROWS) {
    it(`gives a video that can be read, for what upstream counts: ${name}`, async () => {
      const secret = `film-${name}`;
      const { parts, failure, units } = await whole(film(model, secret, task));
      expect(failure).toBeNull();
      const progress = partsOf(parts, 'video-progress');
      expect(progress.map((part) => part.progress)).toEqual([1, 20, 40, 60, 80, 100]);
      expect(progress[0]?.videoId).toMatch(/^[\da-f-]{36}$/);
      expect(units).toBe(model.units);
      expect(sum(await counted(secret))).toBe(units);
      const url = videoOf(parts)?.url ?? '';
      const range = new Headers({ range: 'bytes=0-1' });
      const file = await grokWeb.fetchAsset!(account(secret), url, range);
      expect(file.status).toBe(206);
      expect(file.headers.get('content-type')).toBe('video/mp4');
      expect((await file.arrayBuffer()).byteLength).toBe(2);
      const poster = await grokWeb.fetchAsset!(
        account(secret),
        videoOf(parts)?.posterUrl ?? '',
        new Headers(),
      );
      expect(poster.headers.get('content-type')).toBe('image/jpeg');
      await poster.body?.cancel();
    });
  }

  it.each([
    ['sdvideo', {}, 'generated_video_hd.mp4'],
    ['sdvideo', { upscale: false }, 'generated_video.mp4'],
    ['sdvideo-noupscale', {}, 'generated_video.mp4'],
  ])('upscales what was filmed too small, where it can: %s %j', async (words, task, file) => {
    const secret = `film-${words}-${file}-${Object.keys(task).length}`;
    const asked = { resolution: '720p', ...task } as const;
    const { parts, failure } = await whole(film(LEGACY_FILM, secret, asked));
    expect(failure).toBeNull();
    const url = videoOf(parts)?.url ?? '';
    expect(url.endsWith(`/${file}`)).toBe(true);
    const read = await grokWeb.fetchAsset!(account(secret), url, new Headers());
    expect(read.status).toBe(200);
    await read.body?.cancel();
  });

  it('finds the video of a film that was cut off, once it is there', async () => {
    const secret = 'film-cutvideo-videodelay1500';
    const { parts, failure } = await whole(film(LEGACY_FILM, secret));
    expect(failure).toMatchObject({ outcome: 'faulty', code: 'upstream_cut' });
    const videoId = partsOf(parts, 'video-progress')[0]?.videoId ?? '';
    expect(await grokWeb.findVideo!(account(secret), { videoId })).toBeNull();
    const found = async () => (await grokWeb.findVideo!(account(secret), { videoId }))?.url;
    await expect.poll(found).toContain(`/generated/${videoId}/generated_video.mp4`);
  });

  it.each([
    ['failvideo', 'faulty', 'upstream_cut'],
    ['modvideo', 'refused', 'content_policy_violation'],
    ['limited', 'limited', 'pool_exhausted'],
    ['unauthorized', 'revoked', 'upstream_unauthorized'],
  ])('classifies %s', async (word, outcome, code) => {
    const { parts, failure, units } = await whole(film(LEGACY_FILM, `film-${word}`));
    expect(partsOf(parts, 'video')).toEqual([]);
    expect(failure).toMatchObject({ outcome, code });
    expect(sum(await counted(`film-${word}`))).toBe(units);
  });
});

describe('the files of an account at the site', () => {
  it('are listed over pages and deleted', async () => {
    const secret = 'files-of';
    await whole(draw(LEGACY, secret, { n: 10, concurrency: 3 }));
    const first = await grokWeb.listAssets!(account(secret), null);
    expect(first.assets).toHaveLength(10);
    expect(first.next).toBeNull();
    const [asset] = first.assets;
    expect(asset).toMatchObject({ name: 'image.jpg', mime: 'image/jpeg' });
    await grokWeb.deleteAsset!(account(secret), asset?.id ?? '');
    await grokWeb.deleteAsset!(account(secret), asset?.id ?? '');
    expect((await grokWeb.listAssets!(account(secret), null)).assets).toHaveLength(9);
  });

  it('are not given to another account', async () => {
    const { parts } = await whole(draw(LEGACY, 'files-mine'));
    const [url = ''] = picturesOf(parts);
    const file = await grokWeb.fetchAsset!(account('files-other'), url, new Headers());
    expect(file.status).toBe(403);
    await file.body?.cancel();
  });
});
