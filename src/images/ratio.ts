import { AppError } from '../errors';

/** Ratios that upstream draws in. */
const RATIOS: ReadonlySet<string> = new Set([
  'auto',
  '1:1',
  '16:9',
  '9:16',
  '3:2',
  '2:3',
  '4:3',
  '3:4',
  '2:1',
  '1:2',
  '19.5:9',
  '9:19.5',
  '20:9',
  '9:20',
]);

/** Sizes that clients ask for → the ratio that comes nearest among those every method draws in. */
const SIZES: ReadonlyMap<string, string> = new Map([
  ['1024x1024', '1:1'],
  ['512x512', '1:1'],
  ['256x256', '1:1'],
  ['1024x576', '16:9'],
  ['1280x720', '16:9'],
  ['1536x864', '16:9'],
  ['1920x1080', '16:9'],
  ['576x1024', '9:16'],
  ['720x1280', '9:16'],
  ['864x1536', '9:16'],
  ['1080x1920', '9:16'],
  ['1024x1536', '2:3'],
  ['512x768', '2:3'],
  ['768x1024', '2:3'],
  ['1024x1792', '2:3'],
  ['1536x1024', '3:2'],
  ['768x512', '3:2'],
  ['1024x768', '3:2'],
  ['1792x1024', '3:2'],
]);

/**
 * The ratio of a size such as `1792x1024`, or of a ratio given as it is.
 * @returns null when no size is asked for: upstream chooses.
 * @throws AppError `invalid_request`
 */
export function ratioOf(size: string | null | undefined, param = 'size'): string | null {
  if (size === null || size === undefined || size === '') return null;
  const name = size.trim().toLowerCase().replace('×', 'x');
  if (RATIOS.has(name)) return name;
  const ratio = SIZES.get(name);
  if (ratio !== undefined) return ratio;
  const known = [...SIZES.keys()].slice(0, 4).join(', ');
  throw new AppError(
    'invalid_request',
    `'${param}' is no size that can be drawn: give a ratio such as 3:2, or a size such as ${known}.`,
    { param },
  );
}
