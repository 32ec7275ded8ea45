import type { ImageFormat, ImageValue } from '../contract/images';
import type { ImagePart } from '../providers/provider';

/** How pictures leave the gateway. Bound to the media cache by whoever calls the use case. */
export interface PictureOutlet {
  /** A link of this gateway's own. @param tokenId - the credential whose account holds the picture. */
  link(part: ImagePart, tokenId: string | null): Promise<string>;
  /** The picture's bytes. @throws AppError, ProviderError when they cannot be had. */
  base64(part: ImagePart, tokenId: string | null): Promise<string>;
}

/** A picture ready to be handed over. */
export interface Picture {
  /** Its place among those of the request, from 0. */
  readonly index: number;
  readonly value: ImageValue;
  readonly fileType: FileType;
}

export type FileType = 'png' | 'webp' | 'jpeg';

/** A picture in the form that was asked for. */
export async function valueOf(
  part: ImagePart,
  format: ImageFormat,
  outlet: PictureOutlet,
  tokenId: string | null,
): Promise<ImageValue> {
  if (format === 'url') return { url: await outlet.link(part, tokenId) };
  return { [format]: part.base64 ?? (await outlet.base64(part, tokenId)) };
}

/** By the name that upstream gave the file; it draws JPEG unless it says otherwise. */
export function fileTypeOf(url: string): FileType {
  const [, extension] = /\.(png|webp)(?:[?#]|$)/i.exec(url) ?? [];
  if (extension === undefined) return 'jpeg';
  return extension.toLowerCase() === 'png' ? 'png' : 'webp';
}
