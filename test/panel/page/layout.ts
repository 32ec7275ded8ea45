import { ancestors, elements, isShown, nameOf } from './walk.ts';

/** What does not fit: sideways overflow, clipped and too small controls. One sentence each. */
export function layoutFaults(): string[] {
  const faults: string[] = [];
  const page = document.scrollingElement;
  if (page !== null && page.scrollWidth > innerWidth) {
    faults.push(`the page overflows sideways: ${page.scrollWidth} > ${innerWidth}`);
  }
  const dialog = openDialog();
  for (const element of elements()) {
    // Under a modal dialog nothing can be reached: it is looked at when the dialog is gone.
    if (dialog !== undefined && ![element, ...ancestors(element)].includes(dialog)) continue;
    if (!isShown(element)) continue;
    const fault = outside(element) ?? (isControl(element) ? clipped(element) : null);
    if (fault !== null) faults.push(`${fault}: ${nameOf(element)}`);
  }
  return faults;
}

const CONTROLS = 'button, input, select, textarea, a[href], summary, [role="button"], [role="tab"]';
const TALL = 'button, select, input:not([type="checkbox"], [type="radio"], [type="range"])';

const isControl = (element: Element): boolean => element.matches(CONTROLS);

function openDialog(): Element | undefined {
  const dialogs = [...elements()].filter(({ localName }) => localName === 'dialog');
  return dialogs.findLast((dialog) => dialog.matches(':modal'));
}

type Axis = 'x' | 'y';

function overflowOf(element: Element, axis: Axis): string {
  const style = getComputedStyle(element);
  return axis === 'x' ? style.overflowX : style.overflowY;
}

/** Whether the overflow of an element can be scrolled to, or is somebody's intent to hide. */
function scrollRegion(element: Element, axis: Axis): Element | null {
  for (const ancestor of ancestors(element)) {
    if (ancestor === document.body || ancestor === document.documentElement) return null;
    if (/auto|scroll|hidden|clip/.test(overflowOf(ancestor, axis))) return ancestor;
  }
  return null;
}

function outside(element: Element): string | null {
  const { left, right } = element.getBoundingClientRect();
  if (left >= -1 && right <= innerWidth + 1) return null;
  return scrollRegion(element, 'x') === null ? 'outside the viewport' : null;
}

function clipped(element: Element): string | null {
  const box = element.getBoundingClientRect();
  if (element.matches(TALL)) {
    const least = matchMedia('(pointer: coarse)').matches ? 44 : 40;
    if (box.height < least - 0.5) return `only ${box.height.toFixed(1)} px high, not ${least}`;
  }
  if (wordsCut(element)) return 'its words are cut off';
  return cutBy(element, box, 'x') ?? cutBy(element, box, 'y');
}

function wordsCut(element: Element): boolean {
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) return false;
  if (element instanceof HTMLSelectElement) return selectCut(element);
  if (getComputedStyle(element).display === 'inline') return false;
  return element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
}

/** The chosen option is drawn in a box of its own that tells nothing: its words are measured. */
function selectCut(select: HTMLSelectElement): boolean {
  const canvas = document.createElement('canvas').getContext('2d');
  const words = select.selectedOptions[0]?.label ?? '';
  if (canvas === null || select.multiple) return false;
  const style = getComputedStyle(select);
  canvas.font = style.font;
  const padding = Number.parseFloat(style.paddingLeft) + Number.parseFloat(style.paddingRight);
  return canvas.measureText(words).width + padding > select.clientWidth + 1;
}

/** Cut by an ancestor that hides its overflow; where it scrolls, the control can be reached. */
function cutBy(element: Element, box: DOMRect, axis: Axis): string | null {
  const [start, end] = axis === 'x' ? [box.left, box.right] : [box.top, box.bottom];
  for (const ancestor of ancestors(element)) {
    if (ancestor === document.body || ancestor === document.documentElement) return null;
    const overflow = overflowOf(ancestor, axis);
    const { left, right, top, bottom } = ancestor.getBoundingClientRect();
    const [from, to] = axis === 'x' ? [left, right] : [top, bottom];
    if (/auto|scroll/.test(overflow)) return null;
    if (/hidden|clip/.test(overflow) && (start < from - 1 || end > to + 1)) {
      return `cut off by ${nameOf(ancestor)}`;
    }
    const isStuck = getComputedStyle(ancestor).position === 'fixed';
    if (isStuck && axis === 'y' && (start < -1 || end > innerHeight + 1)) {
      return 'outside the viewport, where nothing scrolls';
    }
  }
  return null;
}
