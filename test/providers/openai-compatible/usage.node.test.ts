import { describe, expect, it } from 'vitest';
import { readUsage } from '../../../src/providers/openai-compatible/usage';

const base = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const read = { input: 10, output: 5, cached: 0, reasoning: 0, estimated: false };

const TABLE = [
  { name: 'plain figures', value: base, usage: read },
  {
    name: "OpenAI's details",
    value: {
      ...base,
      prompt_tokens_details: { cached_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 4 },
    },
    usage: { ...read, cached: 8, reasoning: 4 },
  },
  {
    name: "DeepSeek's cache hits",
    value: { ...base, prompt_cache_hit_tokens: 6 },
    usage: { ...read, cached: 6 },
  },
  {
    name: "Moonshot's cached tokens",
    value: { ...base, cached_tokens: 7 },
    usage: { ...read, cached: 7 },
  },
  {
    name: 'a cached zero before other names',
    value: { ...base, prompt_tokens_details: { cached_tokens: 0 }, cached_tokens: 7 },
    usage: read,
  },
  {
    name: 'reasoning counted beside the completion (xAI)',
    value: { ...base, total_tokens: 24, completion_tokens_details: { reasoning_tokens: 9 } },
    usage: { ...read, output: 14, reasoning: 9 },
  },
  {
    name: 'zero as zero',
    value: { prompt_tokens: 0, completion_tokens: 0 },
    usage: { ...read, input: 0, output: 0 },
  },
  {
    name: 'one missing figure as nothing: half a count is none (D-66)',
    value: { prompt_tokens: 10 },
    usage: null,
  },
  {
    name: 'one missing figure that the total tells',
    value: { completion_tokens: 5, total_tokens: 15 },
    usage: read,
  },
  { name: 'null details', value: { ...base, prompt_tokens_details: null }, usage: read },
  { name: 'nothing as nothing', value: null, usage: null },
  { name: 'an empty object as nothing', value: {}, usage: null },
  {
    name: 'nonsense as nothing',
    value: { prompt_tokens: '10', completion_tokens: -1 },
    usage: null,
  },
];

describe('readUsage', () => {
  for (const { name, value, usage } of TABLE) {
    it(`reads ${name}`, () => expect(readUsage(value)).toEqual(usage));
  }
});
