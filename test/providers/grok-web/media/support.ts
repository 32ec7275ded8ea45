import type { GrokGeneration } from '../../../../src/contract/settings';
import type { Egress } from '../../../../src/egress/egress';
import { GROK_MEDIA_MODELS } from '../../../../src/models/grok-media-models';
import type { ModelSpec } from '../../../../src/models/model-spec';
import type {
  AccountCall,
  Attempt,
  DrawCall,
  DrawTask,
  FilmCall,
  FilmTask,
  Part,
} from '../../../../src/providers/provider';
import { SECRET, SETTINGS } from '../fakes';

export const PNG = 'data:image/png;base64,iVBORw0KGgoAAAAA';
export const CHAT_PATH = '/rest/app-chat/conversations/new';

/** A row by its id and generation. */
export function rowOf(id: string, generation: GrokGeneration): ModelSpec {
  const row = GROK_MEDIA_MODELS.find((model) => model.id === id && model.generation === generation);
  if (row === undefined) throw new Error(`no row ${id} of ${generation}`);
  return row;
}

export const LEGACY = rowOf('grok-imagine-1.0', 'g1');
export const LEGACY_EDIT = rowOf('grok-imagine-1.0-edit', 'g1');
export const LEGACY_FILM = rowOf('grok-imagine-1.0-video', 'g1');

function attempt(model: ModelSpec, egress: Egress, given: Partial<Attempt>): Attempt {
  return {
    model,
    tokenId: 'token-1',
    secret: SECRET,
    egress,
    settings: { ...SETTINGS, baseUrl: 'https://grok.com', assetsUrl: 'https://assets.grok.com' },
    signal: new AbortController().signal,
    fetchImage: () => Promise.reject(new Error('no image was expected')),
    ...given,
  };
}

export function drawCall(
  model: ModelSpec,
  egress: Egress,
  task: Partial<DrawTask> = {},
  given: Partial<Attempt> = {},
): DrawCall {
  const whole: DrawTask = {
    prompt: 'a red kite',
    n: 1,
    ratio: null,
    concurrency: 1,
    images: [],
    enableNsfw: false,
    ...task,
  };
  return { ...attempt(model, egress, given), task: whole };
}

export function filmCall(
  model: ModelSpec,
  egress: Egress,
  task: Partial<FilmTask> = {},
  given: Partial<Attempt> = {},
): FilmCall {
  const whole: FilmTask = {
    prompt: 'a kite',
    ratio: '3:2',
    seconds: 6,
    resolution: '480p',
    preset: 'normal',
    image: null,
    upscale: true,
    ...task,
  };
  return { ...attempt(model, egress, given), task: whole };
}

export function accountCall(egress: Egress, given: Partial<AccountCall> = {}): AccountCall {
  const { secret, settings, signal } = attempt(LEGACY, egress, {});
  return { secret, settings, signal, egress, ...given };
}

/** An answer of NDJSON lines. */
export function lines(...frames: readonly object[]): Response {
  return new Response(frames.map((frame) => `${JSON.stringify(frame)}\n`).join(''));
}

export const inResponse = (response: object) => ({ result: { response } });

/** Path of a generated picture. */
export const pathOf = (id: string) => `users/u1/generated/${id}/image.jpg`;
/** Its absolute address. */
export const urlOf = (id: string) => `https://assets.grok.com/${pathOf(id)}`;

/** F14. */
export const drawing = (imageUrl: string, imageIndex: number, progress: number, more = {}) =>
  inResponse({ streamingImageGenerationResponse: { imageUrl, imageIndex, progress, ...more } });

/** F19. */
export const message = (...generatedImageUrls: readonly string[]) =>
  inResponse({ modelResponse: { message: '', generatedImageUrls } });

/** F16. */
export const filming = (progress: number, more = {}) =>
  inResponse({ streamingVideoGenerationResponse: { videoId: 'v1', progress, ...more } });

/** Addresses of the pictures among the parts, by their place. */
export function picturesOf(parts: readonly Part[]): (string | undefined)[] {
  const urls: (string | undefined)[] = [];
  for (const part of parts) if (part.type === 'image') urls[part.index ?? -1] = part.url;
  return urls;
}

export function partsOf<T extends Part['type']>(parts: readonly Part[], type: T) {
  return parts.filter((part): part is Extract<Part, { type: T }> => part.type === type);
}
