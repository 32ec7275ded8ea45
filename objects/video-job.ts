import { DurableObject } from 'cloudflare:workers';

export class VideoJob extends DurableObject<Env> {}
