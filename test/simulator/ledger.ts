import { DurableObject } from 'cloudflare:workers';
import { isUnlucky } from './faults';
import type { Asset, AssetList, AssetState } from './ledger-assets';
import {
  ASSETS_SCHEMA,
  assetState,
  deleteAsset,
  keepAsset,
  listAssets,
  readyAsset,
} from './ledger-assets';
import type { BucketRow, CallRow, PostRow, WindowRow } from './ledger-schema';
import { CALLS_KEPT, LEDGER_SCHEMA, TABLES } from './ledger-schema';
import type { ThreadEnd } from './ledger-threads';
import { hasConversation, keepAnswer, turnOfAnswer } from './ledger-threads';
import { keepUpload, readUpload } from './ledger-uploads';
import type { Upload } from './uploads';
import { EMPTY_WINDOW, charged, restS, rolled } from './window';
import type { Window } from './window';

export interface SimulatorEnv {
  /** Hosts, between spaces, that are asked as they are although they could be played. */
  readonly UNPLAYED_HOSTS?: string;
  readonly LEDGER: DurableObjectNamespace<Ledger>;
}

/** What a call draws on, when it is to be counted. */
export interface Charge {
  readonly bucket: string;
  readonly units: number;
  /** Null: unmetered. Counted all the same. */
  readonly limitUnits: number | null;
  readonly windowS: number;
}

/** One request as it arrived, with what it needs of the ledger. */
export interface CallAsk {
  readonly credential: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly requestId: string | null;
  readonly headersJson: string;
  readonly bodyJson: string;
  /** Null: recorded, not counted. */
  readonly charge: Charge | null;
  readonly luck: { readonly once500: boolean; readonly flakyPercent: number };
  /** Ids of uploads the call refers to; they must be the same credential's. */
  readonly files: readonly string[];
  /** Id of the upload the call makes. */
  readonly newFile: string | null;
  /** The answer that the call follows; it must be the same credential's. */
  readonly follows: ThreadEnd | null;
  /** Digest of the prompt's beginning; null when no cache is played. */
  readonly promptPrefix: string | null;
}

export type Verdict =
  | 'noted'
  | 'accepted'
  | 'exhausted'
  | 'unlucky'
  | 'unknown_file'
  | 'unknown_thread';

export interface CallReply {
  /** Handle of the call's row. */
  readonly seq: number;
  readonly verdict: Verdict;
  /** Which call of its credential that wanted to be counted it is, 1 for the first; 0 when it did not. */
  readonly number: number;
  /** Until the bucket has room; 0 unless `exhausted`. */
  readonly waitS: number;
  /** An accepted call of the same credential began with the same prompt. */
  readonly prefixSeen: boolean;
  /** Which turn of its conversation the call is, 1 for the first. */
  readonly turn: number;
}

export type Ended = 'complete' | 'cancelled' | 'cut' | 'open';

export interface EndedCall {
  readonly seq: number;
  /** HTTP status answered; null when no head was sent. */
  readonly status: number | null;
  readonly ended: Ended;
}

/**
 * The truth of every played upstream: units per credential and bucket, the calls received, the
 * settlement backend's posts. A call is counted in the same transaction that accepts it.
 */
export class Ledger extends DurableObject<SimulatorEnv> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: SimulatorEnv) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(LEDGER_SCHEMA);
    this.#sql.exec(ASSETS_SCHEMA);
  }

  /** Records a request and, if it asks to be charged, accepts or refuses it. */
  begin(ask: CallAsk): CallReply {
    const nowMs = Date.now();
    const judged = this.#judge(ask, nowMs);
    const accepted = judged.verdict === 'accepted';
    const prefixSeen = accepted && ask.promptPrefix !== null && this.#seen(ask, ask.promptPrefix);
    if (ask.newFile !== null) {
      this.#sql.exec(
        'INSERT INTO files (id, credential) VALUES (?, ?)',
        ask.newFile,
        ask.credential,
      );
    }
    const { seq } = this.#sql
      .exec<{ seq: number }>(
        `INSERT INTO calls (at_ms, credential, host, method, path, request_id, headers, body, verdict)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
        nowMs,
        ask.credential,
        ask.host,
        ask.method,
        ask.path,
        ask.requestId,
        ask.headersJson,
        ask.bodyJson,
        judged.verdict,
      )
      .one();
    this.#sql.exec('DELETE FROM calls WHERE seq = ?', seq - CALLS_KEPT);
    return { seq, ...judged, prefixSeen, turn: 1 + (this.#turnBefore(ask) ?? 0) };
  }

  /** Keeps the bytes of an upload. */
  keepUpload(upload: Upload): void {
    keepUpload(this.#sql, upload);
    const { id, credential, name, mime, bytes } = upload;
    const nowMs = Date.now();
    keepAsset(this.#sql, {
      id,
      credential,
      name,
      mime,
      kind: 'upload',
      sizeBytes: bytes.byteLength,
      createdAt: nowMs,
      readyAt: nowMs,
    });
  }

  upload(id: string): Upload | null {
    return readUpload(this.#sql, id);
  }

  /** Remembers a whole answer, so that a later call can follow it. */
  keepAnswer(credential: string, end: ThreadEnd, turn: number): void {
    keepAnswer(this.#sql, credential, end, turn);
  }

  /** Whether this credential has had an answer in the conversation. */
  hasConversation(credential: string, id: string): boolean {
    return hasConversation(this.#sql, credential, id);
  }

  /** Adds what was drawn or filmed for an account. */
  keepAssets(assets: readonly Asset[]): void {
    for (const asset of assets) keepAsset(this.#sql, asset);
  }

  /** Says that an asset can be read from now on. */
  readyAsset(id: string): void {
    readyAsset(this.#sql, id, Date.now());
  }

  /** How an id stands with this credential. */
  assetState(credential: string, id: string): AssetState {
    return assetState(this.#sql, credential, id, Date.now());
  }

  /** A page of an account's assets, the newest first. */
  assets(credential: string, size: number, beforeSeq: number | null): AssetList {
    return listAssets(this.#sql, credential, { size, beforeSeq, nowMs: Date.now() });
  }

  /** False when the account has no such asset. */
  deleteAsset(credential: string, id: string): boolean {
    return deleteAsset(this.#sql, credential, id);
  }

  /** Says how calls ended; repeats and unknown calls change nothing. */
  ends(calls: readonly EndedCall[]): void {
    for (const { seq, status, ended } of calls) {
      this.#sql.exec(
        `UPDATE calls SET status = ?, ended = ? WHERE seq = ? AND ended = 'open'`,
        status,
        ended,
        seq,
      );
    }
  }

  /** A bucket's window as it stands now. */
  read(credential: string, bucket: string, windowS: number): Window & { readonly restS: number } {
    const nowMs = Date.now();
    const window = rolled(this.#window(credential, bucket), nowMs, windowS);
    return { ...window, restS: restS(window, nowMs, windowS) };
  }

  /** Changes the truth behind everybody's back: `usedUnits` of a window that opens now. */
  setUsed(credential: string, bucket: string, usedUnits: number): void {
    this.#sql.exec(
      `INSERT INTO buckets (credential, bucket, used_units, started_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET used_units = excluded.used_units, started_ms = excluded.started_ms`,
      credential,
      bucket,
      usedUnits,
      Date.now(),
    );
  }

  /** Every bucket, or those of one credential. */
  buckets(credential: string | null): BucketRow[] {
    return this.#sql
      .exec<BucketRow>(
        `SELECT credential, bucket, accepted_calls, accepted_units, used_units, limit_units, started_ms
         FROM buckets WHERE ?1 IS NULL OR credential = ?1 ORDER BY credential, bucket`,
        credential,
      )
      .toArray();
  }

  /** The last calls, the oldest first. */
  calls(credential: string | null, limit: number): CallRow[] {
    return this.#sql
      .exec<CallRow>(
        `SELECT seq, at_ms, credential, host, method, path, request_id, headers, body, verdict, status, ended
         FROM calls WHERE ?1 IS NULL OR credential = ?1 ORDER BY seq DESC LIMIT ?2`,
        credential,
        limit,
      )
      .toArray()
      .toReversed();
  }

  /** Forgets everything. Numbers of calls go on, so that a late word meets no new call. */
  reset(): void {
    for (const table of TABLES) this.#sql.exec(`DELETE FROM ${table}`);
  }

  /** Takes a post to the settlement backend; false when it was told to fail. */
  post(path: string, bearer: string, headersJson: string, bodyJson: string): boolean {
    const failing = this.#sql.exec(
      `UPDATE settings SET value = value - 1 WHERE name = 'backend_failures' AND value > 0`,
    ).rowsWritten;
    this.#sql.exec(
      'INSERT INTO posts (at_ms, path, bearer, headers, body, failed) VALUES (?, ?, ?, ?, ?, ?)',
      Date.now(),
      path,
      bearer,
      headersJson,
      bodyJson,
      failing > 0 ? 1 : 0,
    );
    return failing === 0;
  }

  posts(): PostRow[] {
    return this.#sql
      .exec<PostRow>('SELECT at_ms, path, bearer, headers, body, failed FROM posts ORDER BY seq')
      .toArray();
  }

  /** Makes the next `count` posts fail. */
  failPosts(count: number): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO settings (name, value) VALUES ('backend_failures', ?)`,
      count,
    );
  }

  #judge(ask: CallAsk, nowMs: number): Pick<CallReply, 'verdict' | 'number' | 'waitS'> {
    const { charge, credential } = ask;
    const unread = (verdict: Verdict) => ({ verdict, number: 0, waitS: 0 });
    if (ask.files.some((id) => !this.#owns(credential, id))) return unread('unknown_file');
    if (charge === null) return unread('noted');
    if (ask.follows !== null && this.#turnBefore(ask) === null) return unread('unknown_thread');
    const number = this.#nextNumber(credential);
    if (isUnlucky(credential, number, ask.luck)) return { verdict: 'unlucky', number, waitS: 0 };
    const window = rolled(this.#window(credential, charge.bucket), nowMs, charge.windowS);
    const next = charged(window, nowMs, charge.units, charge.limitUnits);
    if (next === null) {
      return { verdict: 'exhausted', number, waitS: restS(window, nowMs, charge.windowS) };
    }
    this.#count(credential, charge, next);
    return { verdict: 'accepted', number, waitS: 0 };
  }

  #count(credential: string, charge: Charge, window: Window): void {
    this.#sql.exec(
      `INSERT INTO buckets
         (credential, bucket, accepted_calls, accepted_units, used_units, limit_units, started_ms)
       VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6)
       ON CONFLICT DO UPDATE SET
         accepted_calls = accepted_calls + 1,
         accepted_units = accepted_units + ?3,
         used_units = ?4,
         limit_units = ?5,
         started_ms = ?6`,
      credential,
      charge.bucket,
      charge.units,
      window.usedUnits,
      charge.limitUnits,
      window.startedAt,
    );
  }

  #window(credential: string, bucket: string): Window {
    const [row] = this.#sql
      .exec<WindowRow>(
        'SELECT used_units, started_ms FROM buckets WHERE credential = ? AND bucket = ?',
        credential,
        bucket,
      )
      .toArray();
    return row === undefined
      ? EMPTY_WINDOW
      : { usedUnits: row.used_units, startedAt: row.started_ms };
  }

  /** Number of this credential's charged call, 1 for the first. */
  #nextNumber(credential: string): number {
    return this.#sql
      .exec<{ calls: number }>(
        `INSERT INTO credentials (credential, calls) VALUES (?, 1)
         ON CONFLICT DO UPDATE SET calls = calls + 1 RETURNING calls`,
        credential,
      )
      .one().calls;
  }

  #turnBefore({ credential, follows }: CallAsk): number | null {
    return follows === null ? null : turnOfAnswer(this.#sql, credential, follows);
  }

  #owns(credential: string, fileId: string): boolean {
    return (
      this.#sql
        .exec('SELECT 1 FROM files WHERE id = ? AND credential = ?', fileId, credential)
        .toArray().length > 0
    );
  }

  #seen(ask: CallAsk, prefix: string): boolean {
    return (
      this.#sql.exec(
        'INSERT OR IGNORE INTO prompts (credential, prefix) VALUES (?, ?)',
        ask.credential,
        prefix,
      ).rowsWritten === 0
    );
  }
}

/** The one ledger of a running simulator. */
export function ledgerOf(env: SimulatorEnv): DurableObjectStub<Ledger> {
  return env.LEDGER.getByName('ledger');
}
