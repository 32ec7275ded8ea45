import { describe, expect, it } from 'vitest';
import { nextWakeAt, statusOf, type VideoJobState } from '../../src/videos/job';
import { VideoWork } from '../../src/videos/video-work';
import { rowOf, videoObject } from '../../src/videos/view';
import { END, NOW, progress, upstreamError, VIDEO, World } from './fakes';

function jobOf({ job }: World): VideoJobState {
  if (job === null) throw new Error('the job is gone');
  return job;
}

async function waked(world: World): Promise<VideoJobState> {
  await new VideoWork(world.ports()).wake();
  return jobOf(world);
}

describe('a job', () => {
  it('films once, keeps what identifies the video from its first sign, and settles once', async () => {
    const world = new World();
    world.scripts = [[[progress(1)], [progress(40, null)], [progress(30)], END]];
    world.image = 'data:image/png;base64,AAAA';
    const seen: VideoJobState[] = [];
    world.onWrite = (job) => seen.push(job);
    const job = await waked(world);
    expect(seen[0]).toMatchObject({ stage: 'running', startedAt: NOW });
    expect(seen[1]).toMatchObject({ progress: 1, videoId: 'v-1', postId: 'p-1' });
    expect(seen.map(({ progress: percent }) => percent)).toEqual([0, 1, 40, 40, 100, 100]);
    expect(world.submitted[0]?.task).toMatchObject({ prompt: 'a kite', image: world.image });
    expect(world.settled).toMatchObject([{ attempt: 1, outcome: 'done', record: { status: 200 } }]);
    expect(rowOf(job)).toMatchObject({
      status: 'completed',
      url: VIDEO.url,
      posterUrl: VIDEO.posterUrl,
      tokenId: 'token-1',
    });
    await waked(world);
    expect([world.submitted.length, world.settled.length]).toEqual([1, 1]);
  });

  it('whose lease was given back is never sent', async () => {
    const world = new World();
    world.isLeaseOpen = false;
    const job = await waked(world);
    expect(job.result).toMatchObject({ ok: false, code: 'video_interrupted' });
    expect([world.submitted, world.settled]).toEqual([[], []]);
  });

  it('that cannot reach the pool waits, and is given up at its deadline unsent', async () => {
    const world = new World();
    world.isPoolDeaf = true;
    expect((await waked(world)).stage).toBe('queued');
    world.now += jobOf(world).totalMs + 1;
    expect(statusOf(await waked(world))).toBe('failed');
    expect(world.submitted).toEqual([]);
    world.isPoolDeaf = false;
    await waked(world);
    expect(world.settled).toMatchObject([{ outcome: 'unused', clientEmpty: true }]);
  });

  it('goes to another credential while upstream has said that nothing was done', async () => {
    const world = new World();
    world.scripts = [upstreamError('limited'), [[progress(1)], END]];
    const job = await waked(world);
    expect(world.retried).toMatchObject([{ attempt: 1, outcome: 'limited' }]);
    expect(world.submitted.map(({ secret }) => secret)).toEqual(['secret-1', 'secret-2']);
    expect(world.settled).toMatchObject([{ attempt: 2, outcome: 'done' }]);
    expect(rowOf(job).tokenId).toBe('token-2');
  });

  it.each([
    ['fails without an answer', upstreamError('faulty')],
    ['breaks off before the first sign', [upstreamError('faulty')]],
    ['ends before the first sign', []],
  ])('is not submitted again when upstream %s', async (_, script) => {
    const world = new World();
    world.scripts = [script, [END]];
    const job = await waked(world);
    expect(world.submitted.length).toBe(1);
    expect(statusOf(job)).toBe('failed');
    expect(world.settled).toMatchObject([{ outcome: 'faulty', clientEmpty: true }]);
  });

  it('is told when moderation took the video', async () => {
    const world = new World();
    world.scripts = [[[progress(50)], upstreamError('refused', false)]];
    const job = await waked(world);
    expect(videoObject(rowOf(job))).toMatchObject({
      status: 'failed',
      progress: 50,
      error: { code: 'upstream_error', message: 'upstream: refused' },
    });
    expect(world.settled).toMatchObject([{ outcome: 'partial', cause: 'refused' }]);
  });

  it('settles until it is heard', async () => {
    const world = new World();
    world.scripts = [[[progress(1)], END]];
    world.onWrite = ({ stage }) => {
      if (stage === 'ended') world.isPoolDeaf = true;
    };
    const job = await waked(world);
    expect(job.unheard.length).toBe(1);
    expect(nextWakeAt(job, true, NOW)).toBeLessThan(NOW + 10_000);
    world.onWrite = () => {};
    world.isPoolDeaf = false;
    expect((await waked(world)).unheard).toEqual([]);
    expect(world.settled.length).toBe(1);
  });
});

describe('a job whose call broke off', () => {
  it('after the first sign looks for the video for a while, its lease still open', async () => {
    const world = new World();
    world.scripts = [[[progress(1)], upstreamError('faulty')]];
    world.looks = [null, VIDEO];
    expect((await waked(world)).stage).toBe('finding');
    expect(world.settled).toEqual([]);
    expect((await waked(world)).stage).toBe('finding');
    expect(rowOf(await waked(world))).toMatchObject({ status: 'completed', url: VIDEO.url });
    expect(world.looked).toEqual(['secret-1 v-1', 'secret-1 v-1']);
    expect(world.settled).toMatchObject([{ outcome: 'done' }]);
  });

  it('and whose video never comes fails, its units uncertain', async () => {
    const world = new World();
    world.scripts = [[[progress(1)], upstreamError('faulty')]];
    await waked(world);
    world.now += 600_000;
    const job = await waked(world);
    expect(job.result).toMatchObject({ ok: false, code: 'upstream_timeout' });
    expect(world.settled).toMatchObject([{ outcome: 'faulty', clientEmpty: true }]);
  });
});

describe('a job found running after a restart', () => {
  it('looks for its video with the same credential until its deadline, and submits nothing', async () => {
    const world = new World();
    world.leave({ stage: 'running', videoId: 'v-1', progress: 30, firstPartMs: 50 });
    world.looks = [null, upstreamError('faulty'), VIDEO];
    expect(await waked(world)).toMatchObject({ stage: 'finding', findUntil: NOW + 900_000 });
    await waked(world);
    const job = await waked(world);
    expect(statusOf(job)).toBe('completed');
    expect([world.submitted, world.extended]).toEqual([[], []]);
    expect(world.settled).toMatchObject([{ outcome: 'done', record: { firstPartMs: 50 } }]);
  });

  it('beyond its deadline still looks once, and its lease is made to last', async () => {
    const world = new World();
    world.leave({ stage: 'running', videoId: 'v-1' });
    world.now += 3_600_000;
    world.looks = [VIDEO];
    expect(statusOf(await waked(world))).toBe('completed');
    expect(world.extended[0]).toBeGreaterThan(2_600_000);
  });

  it('without a sign of its video has failed: it may have been submitted', async () => {
    const world = new World();
    world.leave({ stage: 'running' });
    const job = await waked(world);
    expect(job.result).toMatchObject({ ok: false, code: 'video_interrupted' });
    expect([world.submitted, world.looked]).toEqual([[], []]);
    expect(world.settled).toMatchObject([{ attempt: 1, outcome: 'faulty', clientEmpty: true }]);
  });

  it('while another credential was asked for settles what failed, and what may have been lent', async () => {
    const world = new World();
    const failed = {
      callId: 'call-1',
      attempt: 1,
      outcome: 'limited' as const,
      clientEmpty: true,
      record: { status: 429, error: 'pool_exhausted', firstPartMs: null, usage: null },
    };
    world.leave({ stage: 'running', retrying: failed });
    await waked(world);
    expect(world.settled).toMatchObject([failed, { attempt: 2, outcome: 'unused' }]);
  });

  it('ends when its session is over', async () => {
    const world = new World();
    world.leave({ stage: 'running', videoId: 'v-1' });
    world.looks = [upstreamError('revoked')];
    expect(statusOf(await waked(world))).toBe('failed');
    expect(world.settled).toMatchObject([{ outcome: 'partial', cause: 'revoked' }]);
  });
});

describe('a job that is deleted', () => {
  it('under way stops upstream and is charged', async () => {
    const world = new World();
    world.scripts = [[[progress(1)], 'hang']];
    const work = new VideoWork(world.ports());
    const signed = new Promise<void>((resolve) => {
      world.onWrite = ({ progress: percent }) => percent === 1 && resolve();
    });
    const waking = work.wake();
    await signed;
    work.cancel();
    await waking;
    expect(world.cancelled).toBeGreaterThan(0);
    expect(world.settled).toMatchObject([{ outcome: 'aborted', clientEmpty: false }]);
    expect(jobOf(world)).toMatchObject({ stage: 'ended', isDeleted: true, unheard: [] });
  });

  it.each([
    ['unsent gives everything back', 'queued', 'unused'],
    ['and looked for is charged', 'finding', 'aborted'],
  ] as const)('%s', async (_, stage, outcome) => {
    const world = new World();
    world.leave({ stage });
    const work = new VideoWork(world.ports());
    work.cancel();
    await work.wake();
    expect(world.settled).toMatchObject([{ outcome }]);
    expect(world.submitted).toEqual([]);
  });

  it('after its end is not settled again', async () => {
    const world = new World();
    world.scripts = [[[progress(1)], END]];
    const work = new VideoWork(world.ports());
    await work.wake();
    work.cancel();
    await work.wake();
    expect(world.settled.length).toBe(1);
    expect(jobOf(world).isDeleted).toBe(true);
  });
});
