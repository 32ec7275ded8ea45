import type { ImportTarget, TokenUpload } from '../../../../src/contract/tokens';

/** What people paste or choose, cut into pieces that the gateway takes. Pure: nothing is sent here. */

/** Why an item is not even sent. */
export type LocalReason = 'mask' | 'format';

export interface PlannedItem {
  readonly upload: TokenUpload;
  /** Line of the text, or number of the item in JSON, from 1. */
  readonly line: number;
}

export interface PlannedBatch {
  readonly target: ImportTarget;
  readonly items: readonly PlannedItem[];
}

export interface ImportPlan {
  readonly batches: readonly PlannedBatch[];
  /** Lines or items, blank ones not counted. */
  readonly total: number;
  /** Items that repeat an earlier one. */
  readonly repeats: number;
  readonly invalid: readonly { readonly line: number; readonly reason: LocalReason }[];
}

/** Items sent at once: a stop takes effect soon, and progress is seen. */
const BATCH = 2_000;

const BASIC: ImportTarget = { provider: 'grok-web', tier: 'basic' };
const SUPER: ImportTarget = { provider: 'grok-web', tier: 'super' };

interface Found {
  readonly line: number;
  readonly value: unknown;
  readonly target: ImportTarget;
}

/**
 * Reads one credential a line, a JSON array, the JSON of older panels (`ssoBasic`, `ssoSuper`), or one
 * JSON object a line. Items go to `target` unless they say themselves which pool they are of.
 */
export function planImport(text: string, target: ImportTarget): ImportPlan {
  const steps = planSteps(text, target);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same in several tasks, so that the page answers while it reads many lines. */
export async function planLongImport(text: string, target: ImportTarget): Promise<ImportPlan> {
  const steps = planSteps(text, target);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** Items that one task reads. */
const STEP = 5_000;

function* planSteps(text: string, target: ImportTarget): Generator<undefined, ImportPlan> {
  const invalid: { line: number; reason: LocalReason }[] = [];
  const groups = new Map<ImportTarget, PlannedItem[]>();
  const seen = new Set<string>();
  let read = 0;
  let total = 0;
  let repeats = 0;
  for (const { line, value, target: own } of find(text, target)) {
    if (++read % STEP === 0) yield;
    const upload = readItem(value);
    const secret = typeof upload === 'string' ? upload : (upload?.token ?? '');
    if (upload !== null && secret === '') continue;
    total++;
    if (upload === null) invalid.push({ line, reason: 'format' });
    else if (secret.includes('****')) invalid.push({ line, reason: 'mask' });
    else if (seen.has(secret)) repeats++;
    else {
      seen.add(secret);
      const group = groups.get(own);
      if (group === undefined) groups.set(own, [{ upload, line }]);
      else group.push({ upload, line });
    }
  }
  const batches = [...groups].flatMap(([own, items]) => cut(own, items));
  return { batches, total, repeats, invalid };
}

function cut(target: ImportTarget, items: readonly PlannedItem[]): PlannedBatch[] {
  const batches: PlannedBatch[] = [];
  for (let start = 0; start < items.length; start += BATCH) {
    batches.push({ target, items: items.slice(start, start + BATCH) });
  }
  return batches;
}

function* find(text: string, target: ImportTarget): Generator<Found> {
  const whole = /^\s*[[{]/.test(text) ? readJson(text) : undefined;
  if (Array.isArray(whole)) {
    yield* number([[whole, target]]);
  } else if (isFields(whole) && !('token' in whole)) {
    yield* number([
      [whole['ssoBasic'], BASIC],
      [whole['ssoSuper'], SUPER],
      [whole['tokens'], target],
    ]);
  } else {
    for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
      const value = line.startsWith('{') ? (readJson(line) ?? line) : line;
      yield { line: index + 1, value, target };
    }
  }
}

function* number(lists: readonly (readonly [unknown, ImportTarget])[]): Generator<Found> {
  let line = 0;
  for (const [list, target] of lists) {
    if (!Array.isArray(list)) continue;
    for (const value of list) yield { line: ++line, value, target };
  }
}

/** Only what the gateway knows: anything else in an older export would be refused as a whole. */
function readItem(value: unknown): TokenUpload | null {
  if (typeof value === 'string') return value.trim();
  if (!isFields(value) || typeof value['token'] !== 'string') return null;
  const status = STATUSES.find((known) => known === value['status']);
  const { note, tags } = value;
  return {
    token: value['token'].trim(),
    ...(status === undefined ? {} : { status }),
    ...figure('quota', value['quota']),
    ...figure('heavy_quota', value['heavy_quota']),
    ...(typeof note === 'string' && note !== '' ? { note: note.slice(0, 500) } : {}),
    ...(Array.isArray(tags) ? { tags: tags.filter(isTag).slice(0, 20) } : {}),
  };
}

const STATUSES = ['active', 'cooling', 'invalid', 'expired', 'disabled'] as const;

function figure(name: 'quota' | 'heavy_quota', value: unknown): Partial<Record<string, number>> {
  return typeof value === 'number' && Number.isInteger(value) && value >= -1
    ? { [name]: value }
    : {};
}

function isTag(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 50;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
