import { css } from 'lit';

/** How a field looks that finds one of many: what is chosen, and the list of what was found. */
export const pickerStyles = css`
  :host {
    position: relative;
    min-width: 0;
  }
  .chosen {
    display: flex;
    gap: 0.25rem;
    align-items: center;
    min-height: var(--control);
    padding-left: 0.625rem;
    border: 1px solid var(--accent);
    border-radius: var(--radius-small);
    background: var(--accent-soft);
    font-weight: 400;
  }
  .name {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  ul {
    position: absolute;
    z-index: 6;
    top: 100%;
    right: 0;
    left: 0;
    max-height: 60vh;
    margin: 0.25rem 0 0;
    padding: 0.25rem;
    overflow-y: auto;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--raised);
    box-shadow: var(--shadow);
    list-style: none;
  }
  li button {
    display: grid;
    gap: 0;
    justify-content: start;
    justify-items: start;
    width: 100%;
    font-weight: 400;
    text-align: start;
    white-space: normal;
    overflow-wrap: anywhere;
  }
  li p {
    padding: 0.5rem;
  }
`;
