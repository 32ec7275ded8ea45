import type { Settings } from '../../../src/contract/settings';

/** How a secret is told: never its value. */
export interface ShownSecret {
  readonly set: boolean;
  readonly mask: string;
}

/** `group.key` of every setting. */
export type SettingPath = {
  [Group in keyof Settings]: `${Group}.${Extract<keyof Settings[Group], string>}`;
}[keyof Settings];
