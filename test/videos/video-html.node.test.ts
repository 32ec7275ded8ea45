import { describe, expect, it } from 'vitest';
import type { Part, PartStream } from '../../src/providers/provider';
import { videoHtml } from '../../src/videos/video-html';
import { VideoWords } from '../../src/videos/video-words';

const HOSTILE = `https://gw.test/videos/a"onload='x'><script>&t=1`;
const ESCAPED = 'https://gw.test/videos/a&quot;onload=&#39;x&#39;&gt;&lt;script&gt;&amp;t=1';

describe('the HTML of a video', () => {
  it('is a player whose every attribute is escaped (D-22)', () => {
    const html = videoHtml({ video: HOSTILE, poster: HOSTILE }, false);
    expect(html).toContain(`<video src="${ESCAPED}" controls="controls"`);
    expect(html).toContain(` poster="${ESCAPED}"`);
    expect(html).not.toContain('<script');
    expect(html.endsWith('></video>\n')).toBe(true);
  });

  it('is a linked poster, escaped likewise, or the link itself without one (D-22)', () => {
    const html = videoHtml({ video: HOSTILE, poster: HOSTILE }, true);
    expect(html).toContain(`<a href="${ESCAPED}" target="_blank" rel="noopener noreferrer">`);
    expect(html).toContain(`<img src="${ESCAPED}"`);
    expect(html).not.toContain('<script');
    expect(videoHtml({ video: HOSTILE, poster: null }, true)).toContain(`>${ESCAPED}</a>`);
  });
});

function streamOf(...chunks: Part[][]): PartStream {
  return { read: () => Promise.resolve(chunks.shift() ?? null), cancel: () => {} };
}

const progress = (percent: number): Part => ({
  type: 'video-progress',
  progress: percent,
  videoId: 'v1',
  postId: null,
});

describe('a video told in words', () => {
  it('is a line of reasoning for each growth, then HTML, and never an empty read', async () => {
    const end: Part = { type: 'finish', usage: null };
    const video: Part = { type: 'video', url: 'https://up.test/v.mp4', posterUrl: null };
    const words = new VideoWords(
      streamOf([progress(1)], [progress(1)], [progress(60), progress(60)], [video, end]),
      ({ url }) => Promise.resolve({ video: `${url}?signed`, poster: null }),
      false,
    );
    const told: (readonly Part[])[] = [];
    for (let parts = await words.read(); parts !== null; parts = await words.read()) {
      told.push(parts);
    }
    expect(told).toEqual([
      [{ type: 'reasoning-delta', text: 'Filming: 1%\n' }],
      [{ type: 'reasoning-delta', text: 'Filming: 60%\n' }],
      [
        { type: 'text-delta', text: expect.stringContaining('src="https://up.test/v.mp4?signed"') },
        end,
      ],
    ]);
  });
});
