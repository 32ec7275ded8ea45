const HEADERS_OF_INTEREST = [
  'accept',
  'content-type',
  'idempotency-key',
  'origin',
  'range',
  'referer',
  'user-agent',
  'x-request-id',
  'x-simulator-socket',
  'x-statsig-id',
  'x-xai-request-id',
] as const;

const WHOLE_BODY_CHARACTERS = 65_536;
const LONG_STRING_CHARACTERS = 1_024;

/** Headers as a test wants to see them: names of cookies, the clearance's value, whether a bearer came. */
export interface RecordedHeaders {
  readonly values: Readonly<Record<string, string>>;
  readonly cookieNames: readonly string[];
  /** Value of the `cf_clearance` cookie. */
  readonly clearance: string | null;
  readonly authorization: boolean;
}

export function recordedHeaders(headers: Headers): RecordedHeaders {
  const cookies = cookiesOf(headers);
  const values: Record<string, string> = {};
  for (const name of HEADERS_OF_INTEREST) {
    const value = headers.get(name);
    if (value !== null) values[name] = value;
  }
  return {
    values,
    cookieNames: [...cookies.keys()],
    clearance: cookies.get('cf_clearance') ?? null,
    authorization: headers.has('authorization'),
  };
}

/** Cookies in any order, with or without a space after the semicolon. */
export function cookiesOf(headers: Headers): ReadonlyMap<string, string> {
  const pairs = (headers.get('cookie') ?? '').split(';').map((pair): readonly [string, string] => {
    const [name = '', ...value] = pair.split('=');
    return [name.trim(), value.join('=').trim()];
  });
  return new Map(pairs.filter(([name]) => name !== ''));
}

/** The value after `Bearer `; null when there is none. */
export function bearerOf(headers: Headers): string | null {
  return /^bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null;
}

/** A request body as JSON text: itself, or a string of it; long strings of a large body are shortened. */
export function recordedBody(text: string): string {
  if (text === '') return 'null';
  const body = parsed(text);
  if (body === undefined) return JSON.stringify(shortened(text));
  if (text.length <= WHOLE_BODY_CHARACTERS) return text;
  return JSON.stringify(body, (_, value: unknown) =>
    typeof value === 'string' ? shortened(value) : value,
  );
}

/** The value of JSON text; undefined when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON is an answer here.
  }
}

function shortened(text: string): string {
  if (text.length <= LONG_STRING_CHARACTERS) return text;
  return `${text.slice(0, 64)}…(${text.length} characters)`;
}
