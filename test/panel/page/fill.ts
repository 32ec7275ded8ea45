import { dangers } from './dangers.ts';
import { ancestors, elements, isShown } from './walk.ts';

/** What a reader can write words into. */
const FIELDS =
  'textarea, input:not([type]), input:is([type=text], [type=search], [type=password], [type=url], [type=email])';

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * Writes texts into each field that is shown, through all shadow roots: another one in each round, so that
 * in the end each field has held each. @returns how many fields there are, and what the texts left in the page
 */
export async function fillFields(
  texts: readonly string[],
): Promise<{ readonly fields: number; readonly dangers: readonly string[] }> {
  const faults: string[] = [];
  let fields = 0;
  for (const round of texts.keys()) {
    const shown = shownFields();
    fields = Math.max(fields, shown.length);
    for (const [index, field] of shown.entries()) {
      write(field, texts[(index + round) % texts.length] ?? '');
    }
    await new Promise(requestAnimationFrame);
    faults.push(...dangers());
  }
  return { fields, dangers: faults };
}

function write(field: Field, text: string): void {
  field.focus();
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
  field.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Sends what the fields hold, as `Enter` would: by the main button of what is in front, else by their forms. */
export function submitFields(): void {
  const front = inFront();
  const main = [...elements()].find(
    (one) => one.matches('button.primary:enabled') && isShown(one) && isWithin(one, front),
  );
  if (main instanceof HTMLButtonElement) main.click();
  else for (const form of new Set(shownFields().map((field) => field.form))) form?.requestSubmit();
}

function shownFields(): Field[] {
  const front = inFront();
  return [...elements()].filter((one): one is Field => {
    const isField = one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement;
    const canWrite = isField && one.matches(FIELDS) && !one.disabled && !one.readOnly;
    return canWrite && isShown(one) && isWithin(one, front);
  });
}

/** The modal dialog on top; the page where there is none. */
function inFront(): Element {
  const dialogs = [...elements()].filter(({ localName }) => localName === 'dialog');
  return dialogs.findLast((dialog) => dialog.matches(':modal')) ?? document.documentElement;
}

function isWithin(element: Element, front: Element): boolean {
  if (front === document.documentElement) return true;
  return [...ancestors(element)].includes(front);
}
