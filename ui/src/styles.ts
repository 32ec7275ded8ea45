import { css } from 'lit';

/** Looks that every element of the panel shares; colours come from page.css. */
export const shared = css`
  :host {
    display: block;
  }
  * {
    box-sizing: border-box;
  }
  h1,
  h2 {
    margin: 0 0 0.75rem;
    font-size: 1.25rem;
    line-height: 1.3;
  }
  p {
    margin: 0 0 1rem;
    color: var(--muted);
  }
  form,
  .card {
    display: grid;
    gap: 1rem;
    padding: 1.5rem;
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }
  form > *,
  .card > * {
    margin: 0;
  }
  label {
    display: grid;
    gap: 0.25rem;
    font-weight: 600;
  }
  input,
  button {
    width: 100%;
    min-height: 44px;
    padding: 0.5rem 0.75rem;
    border: 1px solid var(--line);
    border-radius: 6px;
    font: inherit;
    font-weight: 400;
  }
  input {
    background: var(--ground);
    color: var(--text);
  }
  button {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
    cursor: pointer;
  }
  button.quiet {
    width: auto;
    justify-self: start;
    background: none;
    color: var(--accent);
  }
  button:disabled {
    opacity: 0.6;
    cursor: progress;
  }
  :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  [role='alert'] {
    color: var(--alarm);
  }
  code {
    padding: 0.5rem 0.75rem;
    word-break: break-all;
    user-select: all;
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: 6px;
  }
`;
