import type { ProviderError } from '../../provider';
import { cutFault, inBandFault } from '../faults';
import { isPresent, number, record, text } from '../narrow';

/** Marks of a used-up allowance that stand beside the words, not in them. */
const LIMIT_MARKS = ['globalRateLimit', 'usageLimitReached', 'usagePoolExhausted'];

/**
 * Classifies `{code, message}` of an `error` event, or `{kind, message, details}` of a stream error, as
 * REST's errors are. Codes in words are read with their underscores as spaces and as dashes, too.
 */
export function gatewayFault(error: unknown): ProviderError {
  const said = record(error);
  if (said === null) return inBandFault(error);
  const { code, kind, message, details } = said;
  const names = [text(kind), text(record(details)?.['reason'])];
  const isNumber = number(code) !== null || /^\d+$/.test(text(code));
  if (!isNumber) names.unshift(text(code));
  const words = names.filter((name) => name !== '').map(spellings);
  if (LIMIT_MARKS.some((mark) => isPresent(said[mark]))) words.push('usage limit');
  return inBandFault({ ...(isNumber && { code }), message: [...words, text(message)].join(' ') });
}

/** The answer was given up: why is in the words, if anywhere. */
export function unfinishedFault(status: string, reason: string): ProviderError {
  const said = gatewayFault({ code: reason });
  return said.outcome === 'faulty' && status === 'incomplete' ? cutFault('incomplete') : said;
}

function spellings(name: string): string {
  return name.includes('_')
    ? `${name} ${name.replaceAll('_', ' ')} ${name.replaceAll('_', '-')}`
    : name;
}
