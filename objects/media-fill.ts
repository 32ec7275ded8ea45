import { DurableObject } from 'cloudflare:workers';

export class MediaFill extends DurableObject<Env> {}
