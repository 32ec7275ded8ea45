import { beforeAll, describe, expect, it } from 'vitest';
import type { ImagineMessage } from '../../ui/src/api/imagine-socket';
import {
  afterMessage,
  type DrawJob,
  figuresOf,
  pending,
  type Wall,
  withNew,
} from '../../ui/src/pages/imagine/wall';

const JOB: DrawJob = {
  ask: { prompt: 'a kite', model: 'm', n: 1, size: '2:3', concurrency: 1 },
  sources: [],
};
const RUN = 'a'.repeat(32);
const told = (wall: Wall, ...messages: ImagineMessage[]): Wall =>
  messages.reduce((now, message) => afterMessage(now, message, JOB), wall);
const preview = (slot: number, progress: number): ImagineMessage => ({
  type: 'preview',
  run_id: RUN,
  slot,
  progress,
});
const image = (sequence: number, elapsed: number): ImagineMessage => ({
  type: 'image',
  url: `https://gw.test/images/u_${sequence}?s=x`,
  sequence,
  created_at: 1,
  elapsed_ms: elapsed,
  aspect_ratio: '2:3',
  run_id: RUN,
});
const states = (wall: Wall): string[] => wall.map(({ state }) => state);

describe('the wall of an Imagine session', () => {
  beforeAll(() => {
    // Links are told apart by the address of the page.
    Object.assign(globalThis, { location: { origin: 'https://gw.test' } });
  });

  it('has a place for each preview, and a picture takes the place that was furthest', () => {
    const wall = told([], preview(0, 20), preview(1, 90), preview(0, 30), image(1, 400));
    expect(wall.map(({ slot, state, progress }) => [slot, state, progress])).toEqual([
      [1, 'done', 100],
      [0, 'drawing', 30],
    ]);
    expect(wall[0]?.url).toBe('/images/u_1?s=x');
  });

  it('has a place for a picture whose preview was never seen, newest first', () => {
    const wall = told([], image(1, 100), image(2, 300));
    expect(wall.map(({ url }) => url)).toEqual(['/images/u_2?s=x', '/images/u_1?s=x']);
    expect(figuresOf(wall)).toEqual({ count: 2, meanMs: 200 });
  });

  it('says of a missing picture why, and can ask for it again', () => {
    const failed = {
      type: 'error',
      run_id: RUN,
      code: 'content_policy_violation',
      message: 'no',
    } as const;
    const wall = told([], preview(0, 5), failed, failed);
    expect(states(wall)).toEqual(['failed', 'failed']);
    expect(wall[0]).toMatchObject({ again: JOB, failure: { code: 'content_policy_violation' } });
  });

  it('loses what was under way when the run ends, and nothing of other runs', () => {
    const other = withNew([], [pending('other', 0, JOB)]);
    const ended = {
      type: 'status',
      status: 'stopped',
      run_id: RUN,
      prompt: 'a kite',
      aspect_ratio: null,
      mode: 'single',
      model: 'm',
    } as const;
    expect(states(told(other, preview(0, 5), image(1, 1), preview(1, 5), ended))).toEqual([
      'done',
      'drawing',
    ]);
  });
});
