import { DurableObject } from 'cloudflare:workers';

export class MediaPurge extends DurableObject<Env> {}
