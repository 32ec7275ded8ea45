import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DESK, type Language, launchBrowser, type Look, type Size, type Theme } from './browser.ts';
import { pagesOfPanel } from './pages.ts';
import { atRest, chromiumPath, faultsOf, openWorld, signIn, type Visitor } from './world.ts';

const HELP = `node test/panel/shots.ts [options]

Pictures of every page in every size, theme and language; a script looks at each for sideways overflow,
clipped controls, untranslated words, console errors and foreign requests. Exit code 1 if it finds any.

  --pages=keys,calls      names of ui/src/app/pages.ts, or addresses such as /admin/keys?search=x
  --sizes=390,820,1280    --themes=light,dark    --languages=en,zh
  --out=DIR               .state/shots
  --click=TEXT            a button to press first, by its English or Chinese words (a dialog, a tab)
  --empty                 a gateway that has an admin and nothing else
  --base-url=URL --username=NAME --password=TEXT    a gateway that runs already
  --keep-open             leaves the gateway running, and prints its address and login
`;

const { values } = parseArgs({
  options: {
    pages: { type: 'string' },
    sizes: { type: 'string', default: '390,820,1280' },
    themes: { type: 'string', default: 'light,dark' },
    languages: { type: 'string', default: 'en,zh' },
    out: { type: 'string', default: '.state/shots' },
    click: { type: 'string' },
    empty: { type: 'boolean', default: false },
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

function wantedPages(): readonly { name: string; path: string }[] {
  const known = pagesOfPanel();
  if (values.pages === undefined) return known;
  return values.pages.split(',').map((wanted) => {
    const address = { name: wanted.replaceAll(/[^a-z0-9]+/gi, '-'), path: wanted };
    const page = wanted.startsWith('/') ? address : known.find(({ name }) => name === wanted);
    if (page === undefined) throw new Error(`no page ${wanted}`);
    return page;
  });
}

/** One picture; @returns what is wrong with it. */
async function shoot(visit: Visitor, name: string, path: string, look: Look): Promise<string[]> {
  const watched = await visit.open(path, look);
  const { page, problems } = watched;
  if (values.click !== undefined) {
    await page.getByRole('button', { name: values.click }).first().click();
    await atRest(watched);
  }
  const faults = [...(await faultsOf(page, look.language)), ...problems.take()];
  const file = `${name}-${look.size}-${look.theme}-${look.language}.png`;
  await page.screenshot({ path: join(values.out, file), fullPage: values.click === undefined });
  await watched.close();
  return [...new Set(faults)].map((fault) => `${file}: ${fault}`);
}

async function shootAll(visit: Visitor): Promise<number> {
  const pages = wantedPages();
  const faults: string[] = [];
  let pictures = 0;
  for (const { name, path } of pages) {
    for (const language of chosen<Language>(values.languages, ['en', 'zh'])) {
      for (const theme of chosen<Theme>(values.themes, ['light', 'dark'])) {
        for (const size of chosen<Size>(values.sizes, [390, 820, 1280])) {
          faults.push(...(await shoot(visit, name, path, { ...DESK, size, theme, language })));
          pictures++;
        }
      }
    }
  }
  for (const fault of faults) say(fault);
  say(`${pictures} pictures in ${values.out}, ${faults.length} faults`);
  return faults.length;
}

async function running(url: string): Promise<{ visit: Visitor; close: () => Promise<void> }> {
  if (chromiumPath === null) throw new Error('there is no Chromium');
  const browser = await launchBrowser(chromiumPath);
  return {
    visit: await signIn(browser, new URL(url).origin, values),
    close: () => browser.close(),
  };
}

async function main(): Promise<number> {
  mkdirSync(values.out, { recursive: true });
  const url = values['base-url'];
  const world =
    url === undefined ? await openWorld({ isSeeded: !values.empty }) : await running(url);
  const faults = await shootAll(world.visit);
  if (values['keep-open']) {
    say(`open at ${world.visit.url}, ${values.username} / ${values.password}; end with Ctrl-C`);
    await new Promise<void>((resolve) => process.once('SIGINT', resolve));
  }
  await world.close();
  return faults;
}

if (values.help || chromiumPath === null) say(HELP);
else process.exitCode = (await main()) > 0 ? 1 : 0;
