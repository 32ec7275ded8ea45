import { newCallId } from '../lib/ids';

const PREFIX = 'file-';
const PATTERN = /^file-[0-9A-HJKMNP-TV-Z]{26}$/;

/** `file-…`; sorts by time. */
export function newFileId(now: number): string {
  return PREFIX + newCallId(now);
}

/** Whether a text could be the id of a file: nothing that is an address looks so. */
export function isFileId(text: string): boolean {
  return PATTERN.test(text);
}

/** Key in KV and R2: `file/file-…`. Media begin with `image/` and `video/`. */
export function fileKey(id: string): string {
  return `file/${id}`;
}
