import { describe, expect, it } from 'vitest';
import { ChatRequest } from '../../src/contract/chat';
import { AppError } from '../../src/errors';
import { readJson } from '../../src/http/body';

const MAX = 1_000;

const post = (body: BodyInit | null, headers: Record<string, string> = {}): Request =>
  new Request('https://gw.test/v1/chat/completions', { method: 'POST', body, headers });

async function failure(work: Promise<unknown>): Promise<AppError> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw new Error('expected an AppError', { cause: thrown });
  return thrown;
}

const read = (request: Request): Promise<ChatRequest> => readJson(request, ChatRequest, MAX);
const chat = (fields: object): Request => post(JSON.stringify(fields));
const HELLO = [{ role: 'user', content: 'hi' }];

describe('a JSON body', () => {
  it('is read and keeps fields that nobody knows', async () => {
    const body = await read(chat({ model: 'm', messages: HELLO, future_field: 1 }));
    expect(body).toMatchObject({ model: 'm', future_field: 1 });
  });

  it('that is no JSON is 400 invalid_json (D-31)', async () => {
    expect(await failure(read(post('{"model":')))).toMatchObject({
      code: 'invalid_json',
      status: 400,
    });
    expect(await failure(read(post(null)))).toMatchObject({ code: 'invalid_json' });
  });

  it('that is too large is 413, by what it says and by what it is (D-31)', async () => {
    const text = 'x'.repeat(MAX + 1);
    expect(await failure(read(post(text)))).toMatchObject({ code: 'body_too_large', status: 413 });
    const stream = new ReadableStream({
      pull(controller) {
        // Endless: only counting while reading ends this.
        controller.enqueue(new TextEncoder().encode('x'.repeat(100)));
      },
    });
    expect(await failure(read(post(stream)))).toMatchObject({ code: 'body_too_large' });
  });

  it.each([
    ['no model', { messages: HELLO }, 'model'],
    ['no messages', { model: 'm' }, 'messages'],
    ['an empty list of messages (D-60)', { model: 'm', messages: [] }, 'messages'],
    ['a null message (D-60)', { model: 'm', messages: [null] }, 'messages.0'],
    [
      'a role that does not exist',
      { model: 'm', messages: [{ role: 'king', content: '' }] },
      'messages.0.role',
    ],
    [
      'text that is a number',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] },
      'messages.0.content.0.text',
    ],
    ['a stream flag of text (D-59)', { model: 'm', messages: HELLO, stream: 'false' }, 'stream'],
    ['a temperature of 3', { model: 'm', messages: HELLO, temperature: 3 }, 'temperature'],
  ])('with %s is 400 and names the field', async (_, fields, param) => {
    const error = await failure(read(chat(fields)));
    expect(error).toMatchObject({ code: 'invalid_request', status: 400 });
    expect(error.body().error.param).toBe(param);
    expect(error.message).toContain(param);
  });

  it.each([
    [{ messages: HELLO }, "'model' is missing: expected string."],
    [{ model: 'm', messages: [] }, "'messages' is not valid: it must have at least 1 item."],
    [
      { model: 'm', messages: HELLO, temperature: 3 },
      "'temperature' is not valid: it may be at most 2.",
    ],
    [{ model: 'm', messages: HELLO, n: 0 }, "'n' is not valid: it must be at least 1."],
    [
      { model: 'm', messages: HELLO, stream: 'false' },
      "'stream' is not valid: expected boolean, received string.",
    ],
  ])('says what is wrong as people say it: %j', async (fields, sentence) => {
    expect((await failure(read(chat(fields)))).message).toBe(sentence);
  });
});
