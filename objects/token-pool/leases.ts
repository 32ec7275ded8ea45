import type { CallKind } from '../../src/contract/usage';
import type { QuotaKind, Tier } from '../../src/models/model-spec';
import type { Ask } from '../../src/pool/call';

export type Charges = Readonly<Partial<Record<QuotaKind, number>>>;

/** One open call: what it holds of a credential and of its key. Stored in the journal. */
export interface OpenLease {
  readonly callId: string;
  attempt: number;
  slot: number;
  tokenId: string;
  readonly bucket: number;
  readonly units: number;
  /** Epoch of the bucket when its units were taken. */
  epoch: number;
  readonly keyId: string;
  /** Day the call is charged to, by the clock at admission. */
  readonly day: string;
  readonly charges: Charges;
  readonly kind: CallKind;
  readonly model: string;
  readonly provider: string;
  readonly tiers: readonly Tier[];
  /** The one credential that may serve the call, on every attempt; absent = any. */
  readonly boundTo?: string;
  readonly stream: boolean;
  readonly at: number;
  expiresAt: number;
  readonly termMs: number;
  /** Slots that earlier attempts used. */
  tried: number[];
  /** Credential units that earlier attempts have spent, and whether upstream may not have counted them. */
  spent: number;
  uncertain: boolean;
  /** The call has already cost one credential its health. */
  penalised: boolean;
}

/** What is remembered of a call that was given up, so that a late word can correct its row. */
export interface LostCall {
  readonly callId: string;
  readonly at: number;
  readonly until: number;
}

export function openLease(ask: Ask, bucket: number, day: string, now: number): OpenLease {
  return {
    callId: ask.callId,
    attempt: 1,
    slot: -1,
    tokenId: '',
    bucket,
    units: ask.units,
    epoch: 0,
    keyId: ask.keyId,
    day,
    charges: ask.charges,
    kind: ask.kind,
    model: ask.model,
    provider: ask.provider,
    tiers: ask.tiers,
    ...(ask.tokenId !== undefined && { boundTo: ask.tokenId }),
    stream: ask.stream,
    at: now,
    expiresAt: now + ask.termMs,
    termMs: ask.termMs,
    tried: [],
    spent: 0,
    uncertain: false,
    penalised: false,
  };
}
