import type { TokenUsage } from '../../contract/usage';
import { isRecord } from '../../lib/ndjson';

/**
 * Reads upstream's figures. Zero is a figure; what is missing is null.
 *
 * The prompt cache is counted under three names: OpenAI's, DeepSeek's `prompt_cache_hit_tokens`
 * and Moonshot's `cached_tokens`.
 */
export function readUsage(value: unknown): TokenUsage | null {
  if (!isRecord(value)) return null;
  const input = count(value, 'prompt_tokens');
  const completion = count(value, 'completion_tokens');
  if (input === null && completion === null) return null;
  const reasoning = count(value['completion_tokens_details'], 'reasoning_tokens') ?? 0;
  const cached =
    count(value['prompt_tokens_details'], 'cached_tokens') ??
    count(value, 'prompt_cache_hit_tokens') ??
    count(value, 'cached_tokens');
  // xAI counts reasoning beside the completion and not inside it: the total tells.
  const beside = (input ?? 0) + (completion ?? 0) + reasoning === count(value, 'total_tokens');
  return {
    input: input ?? 0,
    output: (completion ?? 0) + (beside ? reasoning : 0),
    cached: cached ?? 0,
    reasoning,
    estimated: false,
  };
}

function count(holder: unknown, name: string): number | null {
  const value = isRecord(holder) ? holder[name] : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
