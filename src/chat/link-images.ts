import type { CallRun } from '../calls/run-call';
import { logWarning } from '../lib/log';
import type { ImagePart, Part } from '../providers/provider';
import type { AnswerJob, ShowImage } from './job';

/** Looked at before anything is awaited: text alone costs nothing. */
export function hasImage(parts: readonly Part[]): boolean {
  return parts.some(isImage);
}

/** The same parts, their pictures where the client can read them. @throws ClientLeft, LimitReached */
export async function shown(
  parts: readonly Part[],
  run: CallRun,
  { show, lost }: AnswerJob,
): Promise<readonly Part[]> {
  if (show === undefined) return parts;
  return run.interruption.guard(linkImages(parts, { show, lost }, run.tokenId));
}

interface Showing {
  readonly show: ShowImage;
  readonly lost: AnswerJob['lost'] | undefined;
}

/** One that cannot be shown is left out: the rest of the answer is no worse for it. */
async function linkImages(
  parts: readonly Part[],
  { show, lost }: Showing,
  tokenId: string | null,
): Promise<readonly Part[]> {
  const linked: Part[] = [];
  for (const part of parts) {
    if (!isImage(part)) {
      linked.push(part);
      continue;
    }
    try {
      linked.push({ type: 'image', url: await show(part, tokenId) });
    } catch (error) {
      logWarning('picture_not_linked', { error });
      lost?.(part);
    }
  }
  return linked;
}

function isImage(part: Part): part is ImagePart {
  return part.type === 'image';
}
