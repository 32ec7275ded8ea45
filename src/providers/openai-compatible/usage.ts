import type { TokenUsage } from '../../contract/usage';
import { isRecord } from '../../lib/ndjson';

/**
 * Reads upstream's figures. Zero is a figure; null when one is missing that nothing tells of: half a count
 * is none.
 *
 * The prompt cache is counted under three names: OpenAI's, DeepSeek's `prompt_cache_hit_tokens`
 * and Moonshot's `cached_tokens`.
 */
export function readUsage(value: unknown): TokenUsage | null {
  if (!isRecord(value)) return null;
  const total = count(value, 'total_tokens');
  const input = count(value, 'prompt_tokens') ?? rest(total, count(value, 'completion_tokens'));
  const completion = count(value, 'completion_tokens') ?? rest(total, input);
  if (input === null || completion === null) return null;
  const reasoning = count(value['completion_tokens_details'], 'reasoning_tokens') ?? 0;
  const cached =
    count(value['prompt_tokens_details'], 'cached_tokens') ??
    count(value, 'prompt_cache_hit_tokens') ??
    count(value, 'cached_tokens');
  // xAI counts reasoning beside the completion and not inside it: the total tells.
  const beside = input + completion + reasoning === total;
  return {
    input,
    output: completion + (beside ? reasoning : 0),
    cached: cached ?? 0,
    reasoning,
    estimated: false,
  };
}

/** What a total leaves beside one of its two counts. */
function rest(total: number | null, counted: number | null): number | null {
  return total === null || counted === null || counted > total ? null : total - counted;
}

function count(holder: unknown, name: string): number | null {
  const value = isRecord(holder) ? holder[name] : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
