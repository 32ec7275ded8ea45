import type { CallKind } from '../contract/usage';
import type { ModelSpec, QuotaKind } from '../models/model-spec';
import type { Ask } from '../pool/call';
import { providerOf } from '../providers/registry';

/** What a call takes, besides what its model's row says. */
export interface Demand {
  readonly kind: CallKind;
  /** The row as it is served: its bucket, tiers and way may differ from the catalog's. */
  readonly model: ModelSpec;
  /** Units of the row's bucket. */
  readonly units: number;
  /** What it takes of the key's daily limits. */
  readonly charges: Readonly<Partial<Record<QuotaKind, number>>>;
}

/** Who asks, and how. */
export interface Asking {
  readonly callId: string;
  readonly caller: { readonly key: { readonly id: string }; readonly version: number };
  readonly settingsVersion: number;
  readonly request: Request;
  readonly stream: boolean;
  readonly termMs: number;
  readonly affinity?: string | undefined;
  /** This credential and no other. */
  readonly tokenId?: string | undefined;
}

/** A request for one lease, in the pool's words. */
export function askFor({ kind, model, units, charges }: Demand, asking: Asking): Ask {
  const { caller, affinity, tokenId } = asking;
  return {
    callId: asking.callId,
    keyId: caller.key.id,
    keyVersion: caller.version,
    settingsVersion: asking.settingsVersion,
    model: model.id,
    kind,
    ip: asking.request.headers.get('cf-connecting-ip'),
    provider: model.provider,
    tiers: model.tiers,
    bucket: model.bucket,
    units,
    metered: providerOf(model.provider).metered,
    charges,
    stream: asking.stream,
    termMs: asking.termMs,
    ...(affinity === undefined ? {} : { affinity }),
    ...(tokenId === undefined ? {} : { tokenId }),
  };
}
