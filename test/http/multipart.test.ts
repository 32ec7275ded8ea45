import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors';
import { type MultipartLimits, readFiles, readMultipart } from '../../src/http/multipart';

const LIMITS: MultipartLimits = { maxFiles: 2, maxFileBytes: 1_000, maxTotalBytes: 10_000 };
const BOUNDARY = 'xyz';

/** A request whose body comes in chunks of this many bytes. */
function streamed(body: string | Uint8Array, chunkBytes = 7, pulled?: { count: number }): Request {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  let at = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (pulled !== undefined) pulled.count += 1;
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, at + chunkBytes));
        at += chunkBytes;
      },
    },
    { highWaterMark: 0 },
  );
  return new Request('https://gw.test/v1/images/edits', {
    method: 'POST',
    body: stream,
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
  });
}

const part = (disposition: string, body: string, type?: string): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n` +
  `${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n${body}\r\n`;
const END = `--${BOUNDARY}--\r\n`;

async function failure(work: Promise<unknown>): Promise<AppError> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw new Error('expected an AppError', { cause: thrown });
  return thrown;
}

describe('a form', () => {
  it('of the runtime’s own making is read: fields, files, bytes as they are', async () => {
    const bytes = Uint8Array.from({ length: 900 }, (_, at) => (at % 3 === 0 ? 13 : at % 256));
    const body = new FormData();
    body.append('prompt', 'ein Drachen, 风筝');
    body.append('image[]', new File([bytes], 'a "b".png', { type: 'image/png' }));
    body.append('image[]', new File([], 'empty.png'));
    body.append('n', '2');
    const request = new Request('https://gw.test/', { method: 'POST', body });
    const { fields, files } = await readFiles(request, LIMITS);
    expect(Object.fromEntries(fields)).toEqual({ prompt: 'ein Drachen, 风筝', n: '2' });
    expect(files.map(({ name, filename, mime }) => [name, filename, mime])).toEqual([
      ['image[]', 'a "b".png', 'image/png'],
      ['image[]', 'empty.png', expect.any(String)],
    ]);
    expect(files[0]?.bytes).toEqual(bytes);
    expect(files[1]?.bytes.length).toBe(0);
  });

  it('is the same however its chunks are cut', async () => {
    const tricky = `\r\n--${BOUNDARY.slice(0, 2)}\r\r\n--\r`;
    const body =
      part('name="a"', tricky) + part('name=f; filename="C/x.png"', '\r\n', 'Image/PNG; x=1') + END;
    for (const size of [1, 2, 3, 5, 11, 1_000]) {
      const { fields, files } = await readFiles(streamed(`preamble\r\n${body}`, size), LIMITS);
      expect(fields.get('a'), `${size}`).toBe(tricky);
      expect(files).toMatchObject([{ name: 'f', filename: 'x.png', mime: 'image/png' }]);
      expect(files[0]?.bytes).toEqual(new Uint8Array([13, 10]));
    }
  });

  it('skips the empty file of an input that was left alone', async () => {
    const body = part('name="image"; filename=""', '', 'application/octet-stream') + END;
    expect((await readFiles(streamed(body), LIMITS)).files).toEqual([]);
  });

  it('that breaks off, has no boundary or is none is 400', async () => {
    const whole = part('name="a"', 'text') + END;
    const broken = [
      '',
      'nothing of the kind',
      whole.slice(0, -6),
      whole.slice(0, 30),
      part('filename="nameless"', 'x') + END,
      `--${BOUNDARY}\r\nContent-Disposition: attachment; name="a"\r\n\r\nx\r\n${END}`,
      `--${BOUNDARY}-other\r\n\r\n`,
    ];
    for (const body of broken) {
      expect(await failure(readFiles(streamed(body), LIMITS)), body).toMatchObject({
        code: 'invalid_request',
        detail: { param: 'body' },
      });
    }
    for (const type of [
      'application/json',
      'multipart/form-data',
      'multipart/form-data; boundary=""',
    ]) {
      const request = new Request('https://gw.test/', {
        method: 'POST',
        body: whole,
        headers: { 'content-type': type },
      });
      expect(await failure(readFiles(request, LIMITS)), type).toMatchObject({
        code: 'invalid_request',
      });
    }
  });

  it('with a file beyond the limit is 413 after that many bytes, not after all of them (D-32)', async () => {
    const pulled = { count: 0 };
    const body = part('name="image"; filename="big.png"', 'x'.repeat(9_000)) + END;
    const error = await failure(readFiles(streamed(body, 100, pulled), LIMITS));
    expect(error).toMatchObject({
      code: 'file_too_large',
      status: 413,
      detail: { param: 'image' },
    });
    expect(pulled.count).toBeLessThan(15);
  });

  it('is held to its limits on everything else', async () => {
    const file = part('name="f"; filename="f"', 'x');
    const fields = { ...LIMITS, maxFields: 2, maxFieldBytes: 10 };
    const cases = [
      [file + file + file + END, LIMITS, 'invalid_request'],
      [part('name="a"', '').repeat(3) + END, fields, 'invalid_request'],
      [part('name="a"', 'x'.repeat(11)) + END, fields, 'body_too_large'],
      [part(`name="a"\r\nX: ${'x'.repeat(9_000)}`, '') + END, LIMITS, 'invalid_request'],
      ['x'.repeat(9_000) + file + END, LIMITS, 'invalid_request'],
      [part('name="a"', '1').repeat(200) + END, { ...LIMITS, maxFields: 500 }, 'body_too_large'],
    ] as const;
    for (const [body, limits, code] of cases) {
      expect(await failure(readFiles(streamed(body, 500), limits))).toMatchObject({ code });
    }
    const announced = new Request('https://gw.test/', {
      method: 'POST',
      body: 'x'.repeat(20_000),
      headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '20000' },
    });
    expect(await failure(readFiles(announced, LIMITS))).toMatchObject({ code: 'body_too_large' });
  });

  it('gives a file to be looked at before the next is read', async () => {
    const pulled = { count: 0 };
    const file = part('name="f"; filename="f"', 'x'.repeat(500));
    const seen: number[] = [];
    for await (const { bytes } of readMultipart(streamed(file + file + END, 100, pulled), LIMITS)) {
      seen.push(bytes.length);
      break;
    }
    expect(seen).toEqual([500]);
    expect(pulled.count).toBeLessThan(8);
    const refusing = readFiles(streamed(file + file + END), LIMITS, () => {
      throw new AppError('invalid_image', 'No.');
    });
    expect(await failure(refusing)).toMatchObject({ code: 'invalid_image' });
  });
});
