import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { drive } from '../driver.ts';
import type { Figure } from '../figures.ts';
import { get } from '../http.ts';
import { GATEWAY, type World } from '../world.ts';
import { figuresOf, NO_LIMIT, runWindow, type Window, type WindowPlan } from './window.ts';

const MEBI = 2 ** 20;
/** A file that anybody may read: no credential is lent for it. */
const HOST = 'https://imagine-public.x.ai';
/** What a range asks for, and how large the parts are in which KV holds a film. */
const PIECE = 2 * MEBI;
/** Half in one part and half in the next: the gateway reads two of them, the bare Worker one. */
const PIECE_AT = 9 * MEBI;
const PIECE_PART = `.${Math.floor(PIECE_AT / PIECE)}`;
const RANGE = `range: bytes=${PIECE_AT}-${PIECE_AT + PIECE - 1}\r\n`;
const GIVE_UP_MS = 20_000;

interface Cell {
  readonly name: string;
  readonly file: string;
  readonly range: boolean;
  readonly atLeast?: number;
}

const CELLS: readonly Cell[] = [
  { name: 'picture of 40 KiB', file: `${40 * 1_024}.jpg`, range: false, atLeast: 0.5 },
  { name: 'picture of 1 MiB', file: `${MEBI}.jpg`, range: false, atLeast: 0.5 },
  { name: '2 MiB of a 20 MiB film (KV)', file: `${20 * MEBI}.mp4`, range: true },
  { name: '2 MiB of a 40 MiB film (R2)', file: `${40 * MEBI}.mp4`, range: true },
];

const Link = z.object({ link: z.string() });

/** Cached hits of signed links beside a bare read of the same bytes from the same store. */
export async function measureMedia(world: World, plan: WindowPlan): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const cell of CELLS) {
    const link = await linkTo(world, cell.file);
    const bare = [get(await fill(world, link))];
    const hit = [get(link, cell.range ? RANGE : '')];
    const warm = { connections: 16, windowMs: 1_000, answers: NO_LIMIT };
    await runWindow(world, 'bare', { ...warm, requests: bare });
    await runWindow(world, 'gateway', { ...warm, requests: hit });
    for (const connections of plan.connections) {
      const job = { connections, windowMs: plan.windowMs, answers: NO_LIMIT };
      const sides: { readonly gateway: Window[]; readonly bare: Window[] } = {
        gateway: [],
        bare: [],
      };
      for (let round = 0; round < plan.rounds; round++) {
        sides.bare.push(await runWindow(world, 'bare', { ...job, requests: bare }));
        sides.gateway.push(await runWindow(world, 'gateway', { ...job, requests: hit }));
      }
      const { name, atLeast } = cell;
      const target = atLeast === undefined ? undefined : ({ of: 'ratio', atLeast } as const);
      const title = `cached ${name} beside a bare read, c=${connections}`;
      figures.push(...figuresOf(title, sides.gateway, sides.bare, target));
    }
  }
  return figures;
}

async function linkTo(world: World, file: string): Promise<string> {
  const url = encodeURIComponent(`${HOST}/files/${file}`);
  return Link.parse(await drive(world, `/link?url=${url}`)).link;
}

/** Reads a link until it is cached. @returns the path at which the bare Worker reads the same bytes */
async function fill(world: World, link: string): Promise<string> {
  const name = new URL(link, HOST).pathname.replace(/^\/(image|video)s\//, '$1/');
  const giveUpAt = performance.now() + GIVE_UP_MS;
  while (performance.now() < giveUpAt) {
    const response = await fetch(`http://127.0.0.1:${world.ports.gateway}${link}`);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`The file was answered with ${response.status}.`);
    const path = await stored(world, name);
    if (path !== null) return path;
    await delay(100);
  }
  throw new Error(`${name} was not cached.`);
}

async function stored(world: World, name: string): Promise<string | null> {
  const kv = await world.miniflare.getKVNamespace('KV_CACHE', GATEWAY);
  const { keys } = await kv.list({ prefix: `${name}#` });
  const part = keys.find(({ name: key }) => key.endsWith(keys.length > 1 ? PIECE_PART : '.0'));
  if (part !== undefined) return `/kv?name=${encodeURIComponent(part.name)}`;
  const files = await world.miniflare.getR2Bucket('FILES', GATEWAY);
  const object = await files.head(name);
  return object === null ? null : `/r2?name=${encodeURIComponent(name)}&at=${PIECE_AT}`;
}
