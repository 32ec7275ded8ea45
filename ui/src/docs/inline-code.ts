import { html, type TemplateResult } from 'lit';

/** A sentence of the document; what stands between backticks is code. */
export function inlineCode(text: string): readonly (string | TemplateResult)[] {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code class="mono">${part}</code>` : part));
}
