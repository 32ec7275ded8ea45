/**
 * The policy of public/_headers forbids code made from text. zod would try it once and do without, but the
 * browser reports the try: told beforehand, it does not try. Read by zod when it is first loaded.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
