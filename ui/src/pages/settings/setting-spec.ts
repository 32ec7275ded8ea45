import * as z from 'zod';
import { DEFAULT_SETTINGS, Settings } from '../../../../src/contract/settings';
import type { SettingPath } from '../../api/setting-values';

/** What each setting may be, read from the schema that the gateway checks with. */

export type GroupName = keyof Settings;

/** How a setting is edited. */
export type Control =
  | { readonly kind: 'switch' }
  | { readonly kind: 'number'; readonly least: number; readonly most: number }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  /** Some of the options, in an order that matters; at least one. */
  | { readonly kind: 'order'; readonly options: readonly string[] }
  | { readonly kind: 'list' }
  | { readonly kind: 'text'; readonly maxLength: number }
  /** Text that is never told. */
  | { readonly kind: 'secret'; readonly maxLength: number };

export interface SettingSpec {
  readonly path: SettingPath;
  readonly group: GroupName;
  readonly control: Control;
  readonly initial: unknown;
  /** The last word of the name, where it is a unit. */
  readonly unit: Unit | null;
  readonly schema: z.ZodType;
}

const UNITS = ['ms', 's', 'hours', 'days', 'mb', 'rows'] as const;
export type Unit = (typeof UNITS)[number];

const SECRETS: ReadonlySet<SettingPath> = new Set(['grok.x_statsig_id', 'grok.cf_clearance']);
const MAX_TEXT = 2_048;

export const SPECS: readonly SettingSpec[] = Object.entries(Settings.shape).flatMap(
  ([group, { shape }]) =>
    Object.entries<z.ZodType>(shape).map(([key, schema]) => {
      // SAFETY: group and key are those of the schema that SettingPath is made of.
      const path = `${group}.${key}` as SettingPath;
      return {
        path,
        // SAFETY: as above.
        group: group as GroupName,
        control: controlOf(path, schema),
        initial: defaultOf(group, key),
        unit: UNITS.find((unit) => key.endsWith(`_${unit}`)) ?? null,
        schema,
      };
    }),
);

export const GROUPS: readonly GroupName[] = [...new Set(SPECS.map(({ group }) => group))];

function defaultOf(group: string, key: string): unknown {
  const values = Object.entries(DEFAULT_SETTINGS).find(([name]) => name === group)?.[1] ?? {};
  return Object.entries<unknown>(values).find(([name]) => name === key)?.[1];
}

function controlOf(path: SettingPath, schema: z.ZodType): Control {
  const inner = innermost(schema);
  if (inner instanceof z.ZodBoolean) return { kind: 'switch' };
  if (inner instanceof z.ZodNumber) {
    const { minValue, maxValue } = inner;
    return {
      kind: 'number',
      least: minValue ?? 0,
      most: maxValue ?? Number.MAX_SAFE_INTEGER,
    };
  }
  if (inner instanceof z.ZodEnum) return { kind: 'choice', options: inner.options.map(String) };
  if (inner instanceof z.ZodArray) {
    const { element } = inner;
    if (element instanceof z.ZodEnum) {
      return { kind: 'order', options: element.options.map(String) };
    }
    return { kind: 'list' };
  }
  const maxLength = (inner instanceof z.ZodString ? inner.maxLength : null) ?? MAX_TEXT;
  return { kind: SECRETS.has(path) ? 'secret' : 'text', maxLength };
}

/** The schema inside defaults and conversions. */
function innermost(schema: unknown): unknown {
  if (schema instanceof z.ZodDefault) return innermost(schema.unwrap());
  if (schema instanceof z.ZodPipe) {
    const { in: from, out: to } = schema;
    return innermost(from instanceof z.ZodTransform ? to : from);
  }
  return schema;
}
