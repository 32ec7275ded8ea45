/**
 * The first bytes of a body as text; the rest is not waited for. A body that breaks off gives what
 * had come.
 */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let left = maxBytes;
  try {
    while (left > 0) {
      const { value, done } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.byteLength;
    }
  } catch {
    // What had come is what there is to judge.
  } finally {
    // Closing a body that has already ended or failed is of no interest.
    reader.cancel().catch(() => undefined);
  }
  return text;
}
