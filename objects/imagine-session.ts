import { DurableObject } from 'cloudflare:workers';

export class ImagineSession extends DurableObject<Env> {}
