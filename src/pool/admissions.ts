import type { AdmitReply, Ask } from './call';

/**
 * Admissions of one isolate travel together: whoever comes while a call of the pool is under way waits
 * for the next one, which one of those who wait makes for all. A lone caller never waits. What crosses
 * from request to request is plain data; admitting is idempotent, so an ask may always be sent again.
 */
interface Group {
  waiting: Waiting[];
  /** Unix ms when somebody was last told to lead; 0 when nobody leads. A time: its owner may die. */
  ledSince: number;
}

interface Waiting {
  readonly ask: Ask;
  readonly tell: (told: Told) => void;
}

/** The pool's reply, how the call of the pool failed, or that this one is to lead. */
type Told = { readonly reply: AdmitReply } | { readonly thrown: unknown } | typeof LEAD;

/** Asks the pool. @returns replies in the order of the asks. @throws AppError */
export type Send = (asks: readonly Ask[]) => Promise<readonly AdmitReply[]>;

const LEAD = Symbol('lead');

/**
 * Is told how a call that waits for another one to ask for it comes to ask by itself: to be called when it
 * has waited for `TAKE_OVER_MS`, by a timer that the request has anyway. A timer costs as much as the
 * pool's rules; and to the runtime a request that waits for others alone, with nothing of its own under
 * way, has hung.
 */
export type OnWait = (askByItself: () => void) => void;

/** A leader not heard of for so long is taken over. */
const TAKE_OVER_MS = 1_000;
/** One call of the pool carries so many: an RPC message stays small. */
const MAX_TOGETHER = 100;

const groups = new Map<string, Group>();

/**
 * Asks for one admission, together with others of this isolate where there are any.
 *
 * @param pool - name of the object: an ask must never reach another one.
 * @param hold - keeps a leader's request alive until all have their replies.
 * @throws what `send` throws
 */
export async function admitTogether(
  pool: string,
  ask: Ask,
  send: Send,
  hold: (work: Promise<unknown>) => void,
  onWait: OnWait,
): Promise<AdmitReply> {
  const group = groupOf(pool);
  if (Date.now() - group.ledSince < TAKE_OVER_MS) {
    const told = await waitIn(group, ask, onWait);
    if (told !== LEAD) {
      if ('thrown' in told) throw told.thrown;
      return told.reply;
    }
  }
  return lead(group, ask, send, hold);
}

/** Asks for one admission by itself. @throws what `send` throws */
export async function admitAlone(ask: Ask, send: Send): Promise<AdmitReply> {
  return firstOf(await send([ask]));
}

function firstOf([reply]: readonly AdmitReply[]): AdmitReply {
  if (reply === undefined) throw new Error('the pool has not replied to an ask');
  return reply;
}

function groupOf(pool: string): Group {
  const group = groups.get(pool);
  if (group !== undefined) return group;
  const made: Group = { waiting: [], ledSince: 0 };
  groups.set(pool, made);
  return made;
}

/** Waits for another's call of the pool, or for being told to take over from a leader that has died. */
function waitIn(group: Group, ask: Ask, onWait: OnWait): Promise<Told> {
  const { promise, resolve: tell } = Promise.withResolvers<Told>();
  group.waiting.push({ ask, tell });
  onWait(() => tell(LEAD));
  return promise;
}

async function lead(
  group: Group,
  ask: Ask,
  send: Send,
  hold: (work: Promise<unknown>) => void,
): Promise<AdmitReply> {
  group.ledSince = Date.now();
  const all = group.waiting.filter((one) => one.ask !== ask);
  const others = all.slice(0, MAX_TOGETHER - 1);
  group.waiting = all.slice(MAX_TOGETHER - 1);
  const sending = sendAll(group, [ask, ...others.map((one) => one.ask)], send, others);
  if (others.length > 0) hold(sending.catch(() => undefined));
  return firstOf(await sending);
}

/** Tells the others what became of their asks, and the next one to lead. */
async function sendAll(
  group: Group,
  asks: readonly Ask[],
  send: Send,
  others: readonly Waiting[],
): Promise<readonly AdmitReply[]> {
  try {
    const replies = await send(asks);
    for (const [n, { tell }] of others.entries()) {
      const reply = replies[n + 1];
      if (reply !== undefined) tell({ reply });
    }
    return replies;
  } catch (thrown) {
    for (const { tell } of others) tell({ thrown });
    throw thrown;
  } finally {
    const next = group.waiting.shift();
    group.ledSince = next === undefined ? 0 : Date.now();
    next?.tell(LEAD);
  }
}
