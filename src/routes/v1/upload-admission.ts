import { takeRequest } from '../../auth/admission';
import type { Caller } from '../../auth/api-key';
import { refusalError } from '../../calls/endings';
import { admissionPort } from '../../deps';
import { AppError } from '../../errors';
import { rateHeaders } from '../../http/ratelimit';
import { dayAt, dayEndAt, type DayZone, retryAfterSeconds } from '../../lib/time';
import { addUpload } from '../../store/upload-days';
import { countingRefusals } from './refusals';

/** What a key may upload in a day of the gateway's zone, kept or not. */
export const MAX_UPLOAD_DAY_BYTES = 4_096 * 1_048_576;

/**
 * An upload counts against the key's RPM, as a call does. Asked before its body is read.
 * @returns headers that say where the key's limits stand. @throws AppError
 */
export async function admitUpload(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  caller: Caller,
): Promise<Readonly<Record<string, string>>> {
  const ip = request.headers.get('cf-connecting-ip');
  const reply = await takeRequest(admissionPort(env, ctx), caller, ip);
  if (!reply.ok) throw refusalError(reply);
  return rateHeaders(reply.rates);
}

/** Counts the bytes of an upload before they are stored. @throws AppError `upload_budget_exceeded` */
export async function spendUpload(
  env: Env,
  ctx: ExecutionContext,
  caller: Caller,
  { bytes, zone }: { readonly bytes: number; readonly zone: DayZone },
): Promise<void> {
  const now = Date.now();
  const upload = { keyId: caller.key.id, day: dayAt(now, zone), bytes };
  if (await addUpload(env.DB, upload, MAX_UPLOAD_DAY_BYTES)) return;
  await countingRefusals(env, ctx, caller, () => {
    const most = `${MAX_UPLOAD_DAY_BYTES / 1_048_576} MiB`;
    throw new AppError('upload_budget_exceeded', `A key can upload ${most} a day.`, {
      param: 'file',
      retryAfterS: retryAfterSeconds(dayEndAt(now, zone) - now),
    });
  });
}
