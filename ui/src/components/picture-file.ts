/** A picture that a person chose, as it is sent. */

/** Largest file that is taken. */
export const MAX_PICTURE_BYTES = 10 * 1_048_576;
/** Larger ones are drawn again: a request has room for 10 MiB in all, and upstream looks at fewer pixels. */
const SENT_AS_IT_IS_BYTES = 1_048_576;
const MAX_SIDE_PX = 2_048;
const TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);

/** For the `accept` of a file field. */
export const PICTURE_TYPES = [...TYPES].join();

export type PictureFault = 'too_large' | 'not_a_picture';

/** A picture as a `data:` URI, or why it cannot be sent. */
export type ReadPicture =
  | { readonly uri: string; readonly fault: null }
  | { readonly uri: null; readonly fault: PictureFault };

export async function readPicture(file: File): Promise<ReadPicture> {
  if (!TYPES.has(file.type)) return { uri: null, fault: 'not_a_picture' };
  if (file.size > MAX_PICTURE_BYTES) return { uri: null, fault: 'too_large' };
  try {
    const sent = file.size > SENT_AS_IT_IS_BYTES ? await drawnAgain(file) : file;
    return { uri: await dataUri(sent), fault: null };
  } catch {
    // Not what its type says.
    return { uri: null, fault: 'not_a_picture' };
  }
}

/** The pictures among what was pasted or dropped. */
export function picturesOf(transfer: DataTransfer | null): File[] {
  return [...(transfer?.files ?? [])].filter(({ type }) => type.startsWith('image/'));
}

async function drawnAgain(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const { promise, resolve } = Promise.withResolvers<Blob | null>();
  canvas.toBlob(resolve, 'image/webp', 0.9);
  return (await promise) ?? file;
}

function dataUri(blob: Blob): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const reader = new FileReader();
  reader.addEventListener('load', () => {
    if (typeof reader.result === 'string') resolve(reader.result);
  });
  reader.addEventListener('error', () => reject(reader.error ?? new Error('unreadable')));
  reader.readAsDataURL(blob);
  return promise;
}
