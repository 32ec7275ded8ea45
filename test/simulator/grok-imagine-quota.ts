import * as z from 'zod';
import { openCall } from './call';
import type { GrokRequest } from './grok-request';
import { badRequest, serverError } from './grok-refusals';
import { ledgerOf } from './ledger';
import { parsed } from './recording';

const Body = z.looseObject({});

/** Keys of the answer and the buckets of the ledger that they tell of. */
const BUCKETS = {
  imagePro: 'imagine:image_pro',
  imageEdit: 'imagine:image_edit',
  video: 'imagine:video',
  video720p: 'imagine:video_720p',
} as const;

/** `POST /rest/media/imagine/quota_info`: read from the true ledger; null where nothing is metered. */
export async function imagineQuota(grok: GrokRequest): Promise<Response> {
  const { stage, credential, script, bodyText } = grok;
  const call = await openCall(stage, { credential, bodyText });
  if (script.has('noread')) return call.answer(serverError());
  if (!Body.safeParse(parsed(bodyText)).success) return call.answer(badRequest('Invalid request'));
  const entries = Object.entries(BUCKETS).map(
    async ([key, bucket]) => [key, await quotaOf(grok, bucket)] as const,
  );
  const quota = Object.fromEntries(await Promise.all(entries));
  await call.wait(script.slowReadMs);
  return call.answer(Response.json({ image: null, ...quota }));
}

async function quotaOf({ stage, credential, script }: GrokRequest, bucket: string) {
  const { quotaUnits, windowS } = script;
  if (quotaUnits === null) return null;
  const window = await ledgerOf(stage.env).read(credential, bucket, windowS);
  const left = quotaUnits - window.usedUnits;
  if (left > 0) return { available: true, remainingQueries: left, windowSizeSeconds: windowS };
  const freeAt = new Date(Date.now() + window.restS * 1_000).toISOString();
  return { available: false, nextAvailableAt: freeAt };
}
