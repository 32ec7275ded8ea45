import { css } from 'lit';

/** Looks that every element of the panel shares; colours come from page.css. */
export const shared = css`
  :host {
    display: block;
  }
  :host([hidden]),
  [hidden] {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3 {
    margin: 0;
    line-height: 1.3;
    text-wrap: balance;
  }
  h1 {
    font-size: 1.375rem;
  }
  h2 {
    font-size: 1.0625rem;
  }
  h3 {
    font-size: 0.9375rem;
  }
  p {
    margin: 0;
  }
  .muted {
    color: var(--muted);
  }
  .small {
    font-size: 0.8125rem;
  }
  .mono {
    font-family: var(--mono);
    font-size: 0.8125rem;
    overflow-wrap: anywhere;
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  .card {
    display: grid;
    gap: 1rem;
    align-content: start;
    min-width: 0;
    padding: 1rem;
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }
  .stack {
    display: grid;
    gap: 1rem;
    min-width: 0;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    align-items: center;
    min-width: 0;
  }
  .spread {
    justify-content: space-between;
  }
  .grow {
    flex: 1 1 auto;
    min-width: 0;
  }
  .cards {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr));
    gap: 0.75rem;
  }
  .columns {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr));
    gap: 1rem;
  }
  [role='alert'] {
    color: var(--alarm);
  }
  a {
    color: var(--accent);
  }
  ::selection {
    background: var(--accent-soft);
  }
  :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  @media (min-width: 720px) {
    .card {
      padding: 1.25rem;
    }
  }
`;

/** Form controls and buttons, for elements that hold native ones. */
export const controls = css`
  label,
  .field {
    display: grid;
    gap: 0.25rem;
    min-width: 0;
    font-size: 0.875rem;
    font-weight: 600;
  }
  label.check {
    display: flex;
    gap: 0.5rem;
    align-items: center;
    min-height: var(--control);
    font-weight: 400;
  }
  .hint {
    color: var(--muted);
    font-size: 0.8125rem;
    font-weight: 400;
  }
  input,
  select,
  textarea {
    width: 100%;
    min-width: 0;
    min-height: var(--control);
    padding: 0.375rem 0.625rem;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--text);
    font: inherit;
    font-weight: 400;
  }
  textarea {
    min-height: 7rem;
    resize: vertical;
    line-height: 1.5;
  }
  input[type='checkbox'],
  input[type='radio'] {
    flex: none;
    width: 1.125rem;
    min-height: 1.125rem;
    height: 1.125rem;
    margin: 0;
    accent-color: var(--accent);
  }
  input[type='file'] {
    padding: 0.375rem;
  }
  [aria-invalid='true'] {
    border-color: var(--alarm);
  }
  button,
  .button {
    display: inline-flex;
    gap: 0.375rem;
    align-items: center;
    justify-content: center;
    min-height: var(--control);
    padding: 0.375rem 0.875rem;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--text);
    font: inherit;
    font-weight: 600;
    text-decoration: none;
    white-space: nowrap;
    cursor: pointer;
  }
  button:hover:not(:disabled),
  .button:hover {
    border-color: var(--accent);
  }
  button.primary {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
  }
  button.danger {
    border-color: var(--alarm);
    color: var(--alarm);
  }
  button.danger.primary {
    background: var(--alarm);
    color: var(--on-alarm);
  }
  button.plain {
    border-color: transparent;
    background: none;
  }
  button.icon {
    width: var(--control);
    padding: 0;
  }
  button:disabled {
    opacity: 0.55;
    cursor: not-allowed;
  }
  button[aria-busy='true'] {
    cursor: progress;
  }
  svg {
    flex: none;
    width: 1.125rem;
    height: 1.125rem;
  }
`;
