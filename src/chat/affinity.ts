import type { ChatRequest } from '../contract/chat';

/** Text of the opening that is looked at: enough to tell conversations apart. */
const MAX_CHARS = 2_000;

/**
 * What calls of one conversation have in common, so that they prefer the same credential: an explicit
 * id, else the opening of the conversation where upstream keeps prompt caches. Two keys never share one.
 */
export function affinityOf(
  keyId: string,
  request: ChatRequest,
  hasPromptCache: boolean,
): string | undefined {
  const { conversation, prompt_cache_key: cacheKey } = request;
  const id = typeof conversation === 'string' ? conversation : conversation?.id;
  const explicit = id ?? cacheKey;
  if (explicit !== undefined && explicit !== null && explicit !== '') {
    return `${keyId}:${explicit.slice(0, 200)}`;
  }
  return hasPromptCache ? `${keyId}#${fnv1a(opening(request))}` : undefined;
}

/** The instructions and the first word of the user: they stay when a conversation grows. */
function opening({ messages }: ChatRequest): string {
  let text = '';
  for (const { role, content } of messages) {
    const own =
      typeof content === 'string' ? content : JSON.stringify(content ?? '').slice(0, MAX_CHARS);
    text += `${role}:${own}\n`;
    if (role === 'user' || text.length >= MAX_CHARS) break;
  }
  return text.slice(0, MAX_CHARS);
}

/** FNV-1a, 32 bits, base 36: a name for a text, not a proof of it. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
