/** IP allowlists: addresses and CIDR blocks, IPv4 and IPv6. */

interface Block {
  readonly bytes: readonly number[];
  readonly bits: number;
}

/** Compiles an allowlist; entries that are no address match nothing. */
export function addressMatcher(entries: readonly string[]): (ip: string | null) => boolean {
  const blocks = entries.map(parseBlock).filter((block) => block !== null);
  return (ip) => {
    const bytes = ip === null ? null : parseAddress(ip);
    return bytes !== null && blocks.some((block) => contains(block, bytes));
  };
}

function parseBlock(entry: string): Block | null {
  const [address = '', prefix, ...rest] = entry.trim().split('/');
  const bytes = parseAddress(address);
  if (bytes === null || rest.length > 0) return null;
  const width = bytes.length * 8;
  if (prefix === undefined) return { bytes, bits: width };
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  return bits >= 0 && bits <= width ? { bytes, bits } : null;
}

function contains(block: Block, bytes: readonly number[]): boolean {
  if (block.bytes.length !== bytes.length) return false;
  for (let i = 0, left = block.bits; left > 0; i++, left -= 8) {
    const shift = Math.max(0, 8 - left);
    if ((block.bytes[i] ?? 0) >> shift !== (bytes[i] ?? 0) >> shift) return false;
  }
  return true;
}

/** 4 or 16 bytes; an IPv4-mapped IPv6 address is its IPv4 address. */
export function parseAddress(text: string): readonly number[] | null {
  if (!text.includes(':')) return parseV4(text);
  const bytes = parseV6(text);
  if (bytes === null) return null;
  const mapped =
    bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return mapped ? bytes.slice(12) : bytes;
}

function parseV4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  const bytes = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

function parseV6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head = '', tail] = halves;
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  if (left === null || right === null) return null;
  const missing = 16 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return null;
  return [...left, ...Array.from({ length: missing }, () => 0), ...right];
}

function groups(text: string): number[] | null {
  if (text === '') return [];
  const bytes: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (part.includes('.') && i === parts.length - 1) {
      const v4 = parseV4(part);
      if (v4 === null) return null;
      bytes.push(...v4);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return null;
      const value = Number.parseInt(part, 16);
      bytes.push(value >> 8, value & 255);
    }
  }
  return bytes;
}
