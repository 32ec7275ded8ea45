import {
  type ImportCandidate,
  type ImportOutlook,
  type ImportResult,
  MAX_TAGS,
  type NewToken,
  type TokenPatch,
  type TokenRef,
  type TokenView,
} from '../../src/pool/token';
import { applyFigure, DEAREST_CALL_UNITS, makeUnread, markStale } from './buckets';
import { at } from './columns';
import { revive } from './health';
import type { PoolState } from './state';
import type { TokenRow } from './statements';
import { ABSENT, LIVE, tierNumber } from './tables';
import { viewToken } from './views';

type Figures = NonNullable<NewToken['buckets']>;

/** Sealed secrets kept at hand, so that an admission reads no row. */
const MAX_TEXTS = 4_096;

/** The list of tokens: what an operator imports, reads, edits and deletes. */
export class Directory {
  readonly #state: PoolState;
  readonly #texts = new Map<number, { readonly id: string; readonly sealed: string }>();

  constructor(state: PoolState) {
    this.#state = state;
  }

  /** Id and sealed secret of a token that exists. @throws Error when it does not: a bug. */
  textOf(slot: number): { readonly id: string; readonly sealed: string } {
    const known = this.#texts.get(slot);
    if (known !== undefined) return known;
    const row = this.#state.tokenRow(slot);
    // A token deleted while it is lent: the lease goes on, with what its Worker already holds.
    if (row === null) return { id: '', sealed: '' };
    if (this.#texts.size >= MAX_TEXTS) this.#texts.clear();
    const text = { id: row.id, sealed: row.sealed };
    this.#texts.set(slot, text);
    return text;
  }

  slotOf(ref: TokenRef): number | null {
    return this.#rowOf(ref)?.slot ?? null;
  }

  /** Adds what is new; an existing secret keeps its counters, tags and note. */
  import(tokens: readonly NewToken[]): ImportResult {
    const result = { added: 0, updated: 0, unchanged: 0 };
    const known = this.#knownOf(tokens);
    for (const token of tokens) {
      const existing = known.get(`f ${token.fingerprint}`) ?? known.get(`i ${token.id}`);
      if (existing === undefined) {
        remember(known, this.#add(token));
        result.added++;
      } else if (this.#merge(existing, token)) {
        const merged = this.#state.tokenRow(existing.slot);
        if (merged !== null) remember(known, merged);
        result.updated++;
      } else {
        result.unchanged++;
      }
    }
    if (result.added + result.updated > 0) this.#listChanged();
    return { ...result, listVersion: this.#state.sequences.list };
  }

  /** What `import` would do with them; changes nothing. */
  check(tokens: readonly ImportCandidate[]): ImportOutlook {
    const outlook = { added: 0, updated: 0, unchanged: 0 };
    const known = this.#knownOf(tokens.map((token) => ({ id: '', ...token })));
    for (const token of tokens) {
      const row = known.get(`f ${token.fingerprint}`);
      if (row === undefined) outlook.added++;
      else if (Object.keys(changesOf(row, token)).length > 0) outlook.updated++;
      else outlook.unchanged++;
    }
    return outlook;
  }

  /** Rows that tokens to be imported may already have: one look at storage for all of them. */
  #knownOf(tokens: readonly Pick<NewToken, 'id' | 'fingerprint'>[]): Map<string, TokenRow> {
    const { work, stmt } = this.#state;
    const known = new Map<string, TokenRow>();
    const stored = stmt.tokensAmong(
      JSON.stringify(tokens.map((token) => token.id)),
      JSON.stringify(tokens.map((token) => token.fingerprint)),
    );
    // What is not committed yet wins: a token may be gone, or have another secret.
    for (const row of stored) if (!work.tokenRows.has(row.slot)) remember(known, row);
    for (const row of work.tokenRows.values()) if (row !== null) remember(known, row);
    return known;
  }

  update(refs: readonly TokenRef[], patch: TokenPatch): number {
    let found = 0;
    for (const ref of refs) {
      const row = this.#rowOf(ref);
      if (row === null) continue;
      found++;
      this.#patch(row, patch);
    }
    if (found > 0) this.#listChanged();
    return found;
  }

  delete(refs: readonly TokenRef[]): number {
    const state = this.#state;
    let found = 0;
    for (const ref of refs) {
      const row = this.#rowOf(ref);
      if (row === null) continue;
      found++;
      this.#texts.delete(row.slot);
      state.work.tokenRows.set(row.slot, null);
      state.tokens.stored.fields.state[row.slot] = ABSENT;
      state.touchToken(row.slot);
    }
    if (found > 0) this.#listChanged();
    return found;
  }

  find(refs: readonly TokenRef[]): TokenView[] {
    return refs
      .map((ref) => this.#rowOf(ref))
      .filter((row) => row !== null)
      .map((row) => viewToken(this.#state, row));
  }

  #rowOf(ref: TokenRef): TokenRow | null {
    const { work, stmt } = this.#state;
    const matches = (row: TokenRow) =>
      'id' in ref ? row.id === ref.id : row.fingerprint === ref.fingerprint;
    for (const row of work.tokenRows.values()) if (row !== null && matches(row)) return row;
    const row = 'id' in ref ? stmt.tokenById(ref.id) : stmt.tokenByFingerprint(ref.fingerprint);
    // What is not committed yet wins: the token may be gone, or have another secret.
    return row === null || work.tokenRows.has(row.slot) ? null : row;
  }

  #add(token: NewToken): TokenRow {
    const state = this.#state;
    const slot = state.sequences.slot++;
    state.tokens.reserve(slot + 1);
    const cell = state.tokens.stored.fields;
    cell.state[slot] = LIVE;
    cell.disabled[slot] = token.disabled === true ? 1 : 0;
    cell.tier[slot] = tierNumber(token.tier);
    cell.provider[slot] = state.provider(token.provider);
    const row: TokenRow = {
      slot,
      id: token.id,
      provider: token.provider,
      tier: token.tier,
      sealed: token.sealedSecret,
      fingerprint: token.fingerprint,
      mask: token.mask,
      note: token.note ?? '',
      tags: JSON.stringify(token.tags ?? []),
      source: token.source ?? null,
      created_at_ms: state.now,
      reason: null,
      last_failure: null,
    };
    state.putTokenRow(row);
    state.work.fresh.add(slot);
    state.touchToken(slot);
    if (token.buckets !== undefined) this.#setFigures(slot, token.buckets);
    return row;
  }

  /** @returns whether anything changed. */
  #merge(row: TokenRow, token: NewToken): boolean {
    const patch = changesOf(row, token);
    const isNewSecret = token.fingerprint !== row.fingerprint;
    if (!isNewSecret && Object.keys(patch).length === 0) return false;
    this.#patch(row, patch);
    if (isNewSecret) this.#replaceSecret(row.slot, token);
    return true;
  }

  /** The same credential with another secret: its failures were the old one's. */
  #replaceSecret(slot: number, token: NewToken): void {
    const row = this.#state.tokenRow(slot);
    if (row === null) return;
    const { sealedSecret: sealed, fingerprint, mask } = token;
    this.#state.putTokenRow({ ...row, sealed, fingerprint, mask });
    this.#texts.delete(slot);
    revive(this.#state, slot);
  }

  #patch(row: TokenRow, patch: TokenPatch): void {
    const state = this.#state;
    const { slot } = row;
    const cell = state.tokens.stored.fields;
    if (patch.tier !== undefined) cell.tier[slot] = tierNumber(patch.tier);
    if (patch.disabled !== undefined) cell.disabled[slot] = patch.disabled ? 1 : 0;
    state.putTokenRow({
      ...row,
      tier: patch.tier ?? row.tier,
      note: patch.note ?? row.note,
      tags: tagsAfter(row.tags, patch),
    });
    if (patch.clearCooldown === true) revive(state, slot);
    if (patch.buckets !== undefined) this.#setFigures(slot, patch.buckets);
    state.touchToken(slot);
  }

  /** Figures by hand: believed like a reading taken now. */
  #setFigures(slot: number, figures: Figures): void {
    const state = this.#state;
    for (const { name, remaining, limit } of figures) {
      const table = state.bucket(name, true);
      table.reserve(slot + 1);
      if (remaining === null) {
        makeUnread(table, slot);
      } else {
        const overlap = at(table.live.fields.reserved, slot);
        const source = 'entered';
        const figure = { source, remaining, limit: limit ?? null, resetsAt: null } as const;
        applyFigure(table, slot, figure, overlap, state.now);
        // Nobody said when it fills again: only a reading can.
        if (remaining < DEAREST_CALL_UNITS) markStale(table, slot, state.now);
        state.wakeCell(table, slot);
      }
      state.touchCell(table, slot);
    }
  }

  #listChanged(): void {
    this.#state.sequences.list++;
    this.#state.work.sequences = true;
  }
}

/** What an import of a known secret changes of its row. */
function changesOf(row: TokenRow, token: ImportCandidate): TokenPatch {
  return {
    ...(token.tier !== row.tier && { tier: token.tier }),
    ...(token.note !== undefined && token.note !== row.note && { note: token.note }),
    ...(token.tags !== undefined &&
      JSON.stringify(token.tags) !== row.tags && { tags: token.tags }),
  };
}

function tagsAfter(stored: string, { tags, addTags, removeTags }: TokenPatch): string {
  if (tags === undefined && addTags === undefined && removeTags === undefined) return stored;
  // SAFETY: written by this directory as a JSON array of strings.
  const before = tags ?? (JSON.parse(stored) as string[]);
  const kept = before.filter((tag) => removeTags?.includes(tag) !== true);
  return JSON.stringify([...new Set([...kept, ...(addTags ?? [])])].slice(0, MAX_TAGS));
}

function remember(known: Map<string, TokenRow>, row: TokenRow): void {
  known.set(`i ${row.id}`, row);
  known.set(`f ${row.fingerprint}`, row);
}
