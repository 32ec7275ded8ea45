import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shared } from '../../theme/shared';
import { pathOf } from './upstream-path';

/** The name of a cached object as text, three lines at most: what it stands for, and what it is stored as. */
@customElement('media-name')
export class MediaName extends LitElement {
  static override styles = [
    shared,
    css`
      .path {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        min-width: 0;
      }
    `,
  ];

  @property() name = '';
  /** Its content type. */
  @property() type = '';

  override render() {
    const path = pathOf(this.name);
    return html`
      <span class="mono path" title=${path ?? this.name}>${withoutOwner(path ?? this.name)}</span>
      <span class="muted small name" title=${this.name}>
        ${path === null ? this.type : `${this.type} · ${this.name}`}
      </span>
    `;
  }
}

/** Without the account that it is of: long, and the same for many. */
const withoutOwner = (path: string): string => path.replace(/^\/users\/[^/]+\//, '');

declare global {
  interface HTMLElementTagNameMap {
    'media-name': MediaName;
  }
}
