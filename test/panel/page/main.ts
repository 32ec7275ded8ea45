import { backgroundOf, colourOf } from './colour.ts';
import { dangers } from './dangers.ts';
import { fillFields, submitFields } from './fill.ts';
import { untranslated } from './language.ts';
import { layoutFaults } from './layout.ts';
import { dragged, paste } from './paste.ts';
import { countRows, startTiming, takeTiming, timeToRows } from './timing.ts';

/** Resolves when what is rendered now has been painted. */
async function nextPaint(): Promise<void> {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
}

/** Resolves when the page has nothing to do for a moment: rendered, painted, idle. */
async function atIdle(): Promise<void> {
  await nextPaint();
  await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1_000 }));
}

/** What tests call inside the page. */
Object.assign(globalThis, {
  panelChecks: {
    layoutFaults,
    untranslated,
    dangers,
    fillFields,
    submitFields,
    nextPaint,
    atIdle,
    takeTiming,
    timeToRows,
    countRows,
    paste,
    dragged,
    colourOf,
    backgroundOf,
  },
});
startTiming();
