import { inBandFault } from '../faults';
import { list, number, record, type Json } from '../narrow';

/**
 * What a frame says of the answer: its `result.response`, or null for other frames.
 * @throws ProviderError for an error that came in the frame.
 */
export function responseOf(frame: Json): Json | null {
  if (isPresent(frame['error'])) throw inBandFault(frame['error']);
  const result = record(frame['result']);
  if (result === null) {
    // Some failures come as a bare status object.
    if (isPresent(frame['code']) && isPresent(frame['message'])) throw inBandFault(frame);
    return null;
  }
  const response = record(result['response']);
  if (response === null) return null;
  if (isPresent(response['error'])) throw inBandFault(response['error']);
  const message = record(response['modelResponse']);
  if (message === null) return response;
  if (isPresent(message['error'])) throw inBandFault(message['error']);
  const [failure] = list(message['streamErrors']);
  if (isPresent(failure)) throw inBandFault(failure);
  return response;
}

/** Upstream writes "none" as an absent key, null, an empty text, false or 0. */
function isPresent(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== '' && value !== false && number(value) !== 0
  );
}
