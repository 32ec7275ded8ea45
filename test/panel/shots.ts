import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  DESK,
  type Language,
  launchBrowser,
  type Look,
  type Size,
  type Theme,
  type WatchedPage,
} from './browser.ts';
import { type Scene, SCENES } from './scenes.ts';
import {
  chromiumPath,
  faultsOf,
  openEmptyWorld,
  openWorld,
  signIn,
  type Visitor,
} from './world.ts';

const HELP = `npm run shots -- [options]

Pictures of all that the panel shows (its pages, login, set-up, /docs, the main dialogs, empty lists) in
every size, theme and language; a script looks at each for sideways overflow, clipped controls,
untranslated words, console errors and foreign requests. Exit code 1 if it finds any, or has no Chromium.

  --scenes=keys,keys-add  names of test/panel/scenes.ts, or addresses such as /admin/keys?search=x
  --sizes=390,820,1280    --themes=light,dark    --languages=en,zh
  --at-once=3             browser pages that are open at a time
  --out=DIR               .state/shots
  --base-url=URL --username=NAME --password=TEXT    a gateway that runs already, and is in use
  --keep-open             leaves the gateway running, and prints its address and login
`;

const { values } = parseArgs({
  options: {
    scenes: { type: 'string' },
    sizes: { type: 'string', default: '390,820,1280' },
    themes: { type: 'string', default: 'light,dark' },
    languages: { type: 'string', default: 'en,zh' },
    'at-once': { type: 'string', default: '3' },
    out: { type: 'string', default: '.state/shots' },
    'base-url': { type: 'string' },
    username: { type: 'string', default: 'admin' },
    password: { type: 'string', default: 'correct horse battery staple' },
    'keep-open': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (text: string): unknown => process.stdout.write(`${text}\n`);

function chosen<T extends string | number>(given: string, known: readonly T[]): readonly T[] {
  const names = given.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !known.some((item) => String(item) === name));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join()}; use ${known.join()}`);
  return known.filter((item) => names.includes(String(item)));
}

function wantedScenes(): readonly Scene[] {
  if (values.scenes === undefined) return SCENES;
  return values.scenes.split(',').map((wanted) => {
    const name = wanted.startsWith('/') ? 'dashboard' : wanted;
    const scene = SCENES.find((known) => known.name === name);
    if (scene === undefined) throw new Error(`no scene ${wanted}`);
    if (name === wanted) return scene;
    return { ...scene, name: wanted.replaceAll(/[^a-z0-9]+/gi, '-'), path: wanted };
  });
}

interface Shot {
  readonly scene: Scene;
  readonly look: Look;
}

function* wantedShots(): Generator<Shot> {
  for (const language of chosen<Language>(values.languages, ['en', 'zh'])) {
    for (const theme of chosen<Theme>(values.themes, ['light', 'dark'])) {
      for (const size of chosen<Size>(values.sizes, [390, 820, 1280])) {
        for (const scene of wantedScenes()) {
          if (!scene.sizes.includes(size)) continue;
          yield { scene, look: { ...DESK, size, theme, language } };
        }
      }
    }
  }
}

/** Opens scenes of one look beside each other: what they all load is loaded once. */
class Tabs {
  #first: { readonly place: string; readonly watched: WatchedPage } | null = null;

  async show(visit: Visitor, { scene, look }: Shot): Promise<WatchedPage> {
    if (scene.isGuest) return visit.show(scene, look);
    const place = `${visit.url} ${JSON.stringify(look)}`;
    if (this.#first?.place !== place) {
      await this.close();
      this.#first = { place, watched: await visit.blank(look) };
    }
    return visit.show(scene, look, this.#first.watched);
  }

  async close(): Promise<void> {
    await this.#first?.watched.close();
    this.#first = null;
  }
}

/** One picture; @returns what is wrong with it. */
async function shoot(visit: Visitor, tabs: Tabs, shot: Shot): Promise<string[]> {
  const { scene, look } = shot;
  const file = `${scene.name}-${look.size}-${look.theme}-${look.language}.png`;
  try {
    const { page, problems, close } = await tabs.show(visit, shot);
    const faults = [...(await faultsOf(page, look.language)), ...problems.take()];
    await page.screenshot({ path: join(values.out, file), fullPage: scene.open === null });
    await close();
    return [...new Set(faults)].map((fault) => `${file}: ${fault}`);
  } catch (error) {
    return [`${file}: ${String(error)}`];
  }
}

/** Whose pages they are; each gateway is started once, when it is first asked for. */
function openGateways() {
  type World = Awaited<ReturnType<typeof openEmptyWorld | typeof openWorld>>;
  const begin: Readonly<Record<Scene['gateway'], () => Promise<Pick<World, 'visit' | 'close'>>>> = {
    used: () => (values['base-url'] === undefined ? openWorld() : running(values['base-url'])),
    empty: () => openWorld({ isSeeded: false }),
    new: openEmptyWorld,
  };
  const begun = new Map<Scene['gateway'], ReturnType<(typeof begin)['used']>>();
  return {
    async visit(gateway: Scene['gateway']): Promise<Visitor> {
      const world = begun.get(gateway) ?? begin[gateway]();
      begun.set(gateway, world);
      return (await world).visit;
    },
    async close(): Promise<void> {
      for (const world of begun.values()) await (await world).close();
    },
  };
}

async function running(url: string): Promise<{ visit: Visitor; close: () => Promise<void> }> {
  if (chromiumPath === null) throw new Error('there is no Chromium');
  const browser = await launchBrowser(chromiumPath);
  return {
    visit: await signIn(browser, new URL(url).origin, values),
    close: () => browser.close(),
  };
}

/** @returns how many faults there are */
async function main(): Promise<number> {
  mkdirSync(values.out, { recursive: true });
  const gateways = openGateways();
  const faults: string[] = [];
  let pictures = 0;
  const left = wantedShots();
  const worker = async (): Promise<void> => {
    const tabs = new Tabs();
    for (const shot of left) {
      faults.push(...(await shoot(await gateways.visit(shot.scene.gateway), tabs, shot)));
      pictures++;
    }
    await tabs.close();
  };
  await Promise.all(Array.from({ length: Number(values['at-once']) }, worker));
  for (const fault of faults.toSorted()) say(fault);
  say(`${pictures} pictures in ${values.out}, ${faults.length} faults`);
  if (values['keep-open']) {
    const { url } = await gateways.visit('used');
    say(`open at ${url}, ${values.username} / ${values.password}; end with Ctrl-C`);
    await new Promise<void>((resolve) => process.once('SIGINT', resolve));
  }
  await gateways.close();
  return faults.length;
}

if (values.help) say(HELP);
else if (chromiumPath === null) process.exitCode = 1;
else process.exitCode = (await main()) > 0 ? 1 : 0;
