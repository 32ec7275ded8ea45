/** Where the keyboard is, through shadow roots. */

/** The element that has the focus, however deep; null when none but the page has it. */
export function focusedElement(): HTMLElement | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active instanceof HTMLElement && active !== document.body ? active : null;
}

const FIELDS = 'input:not([type=checkbox], [type=radio], [type=file]), textarea, select';

/** The first field that can be filled in below `root`, in shadow roots, too. */
export function firstField(root: ParentNode): HTMLElement | null {
  for (const child of root.children) {
    if (!(child instanceof HTMLElement) || child.hidden) continue;
    const isField = child.matches(FIELDS) && !child.matches(':disabled, [readonly]');
    if (isField) return child;
    const inner = child.shadowRoot === null ? null : firstField(child.shadowRoot);
    const found = inner ?? firstField(child);
    if (found !== null) return found;
  }
  return null;
}
