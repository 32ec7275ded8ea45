import { DurableObject } from 'cloudflare:workers';

/** Lends credentials, one per call, and takes them back. */
export class TokenPool extends DurableObject<Env> {}
