import OpenAI, { NotFoundError, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, startGateway } from './harness';

let gateway: Gateway;
let client: OpenAI;

beforeAll(async () => {
  gateway = await startGateway();
  await gateway.useTokens('grok-web', ['q100-files']);
  client = await newClient();
});
afterAll(() => gateway.close());

async function newClient(): Promise<OpenAI> {
  const apiKey = await gateway.newKey();
  return new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
}

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const upload = async (name: string) =>
  client.files.create({ file: await toFile(PNG, name), purpose: 'vision' });

describe('client.files', () => {
  it('creates, retrieves, reads and deletes', async () => {
    const file = await upload('a.png');
    expect(file).toMatchObject({ object: 'file', bytes: PNG.length, filename: 'a.png' });
    expect(await client.files.retrieve(file.id)).toEqual(file);
    const content = await client.files.content(file.id);
    expect(Buffer.from(await content.arrayBuffer())).toEqual(PNG);
    expect(await client.files.delete(file.id)).toMatchObject({ id: file.id, deleted: true });
    await expect(client.files.retrieve(file.id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('lists page after page by itself', async () => {
    const sent: string[] = [];
    for (const name of ['1.png', '2.png', '3.png']) sent.push((await upload(name)).id);
    const listed: string[] = [];
    for await (const file of client.files.list({ limit: 2, order: 'asc' })) listed.push(file.id);
    expect(listed).toEqual(sent);
    expect((await (await newClient()).files.list()).data).toEqual([]);
  });

  it('gives pictures that a chat can be about', async () => {
    const file = await upload('cat.png');
    const { choices } = await client.chat.completions.create({
      model: 'grok-4',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'what is it?' },
            { type: 'file', file: { file_id: file.id } },
          ],
        },
      ],
    });
    expect(choices[0]?.message.content).toContain('what is it?');
    const calls = await gateway.calls('q100-files');
    expect(calls.filter(({ path }) => path.includes('upload'))).toHaveLength(1);
  });
});
