import { post } from './http.ts';
import type { LoadResult } from './wire.ts';
import type { World } from './world.ts';

/** A command of the driver Worker, such as `/verify?pool=main`. */
export async function drive(world: World, command: string): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${world.ports.driver}${command}`, {
    method: 'POST',
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${command}: ${response.status} ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

/** The same command again and again, one after the other, timed from outside. */
export function driveMany(
  world: World,
  command: string,
  limit: { readonly answers: number; readonly windowMs: number },
): Promise<LoadResult> {
  const job = { port: world.ports.driver, connections: 1, requests: [post(command, '')] };
  return world.load.ask({ ...job, ...limit });
}

/** @throws when memory and storage of a pool disagree */
export async function requireSound(world: World, pool: string): Promise<void> {
  const { differences } = await drive(world, `/verify?pool=${pool}`);
  if (!Array.isArray(differences) || differences.length > 0) {
    throw new Error(`Pool ${pool} is not sound: ${JSON.stringify(differences).slice(0, 1_000)}`);
  }
}
