import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { VideoObject, VideoStatus } from '../../../../src/contract/videos';
import { ApiError } from '../../api/call';
import { ownMedia } from '../../api/own-media';
import { icon } from '../../components/icon';
import '../../components/progress-bar';
import '../../components/status-pill';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import { isRunning } from './video-desk';

/** A video is to be deleted. */
export class VideoRemovedEvent extends Event {
  constructor(readonly videoId: string) {
    super('video-removed', { bubbles: true, composed: true });
  }
}

const TONES = {
  queued: 'neutral',
  in_progress: 'warn',
  completed: 'good',
  failed: 'alarm',
} as const satisfies Record<VideoStatus, string>;

const S = 1_000;

/** One video job. @fires video-removed */
@customElement('video-card')
export class VideoCard extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      video {
        display: block;
        width: 100%;
        max-height: 24rem;
        object-fit: contain;
        border-radius: var(--radius-small);
        background: var(--ground);
      }
      .prompt {
        max-height: 6em;
        overflow-y: auto;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) video!: VideoObject;
  @state() private isGone = false;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const { id, status, prompt, model, seconds, size, error } = this.video;
    const path = ownMedia(this.video.url ?? '');
    return html`
      <article class="card" aria-label=${prompt}>
        <div class="row spread">
          <status-pill tone=${TONES[status]}>${text.statuses[status]}</status-pill>
          <span class="muted small">${text.about(seconds, size)}</span>
        </div>
        ${this.#renderView(path)}
        <p class="prompt" tabindex="0">${prompt}</p>
        ${error === null ? nothing : html`<p role="alert" class="small">${this.#reason(error)}</p>`}
        <div class="muted small">
          <div class="mono">${model}</div>
          ${this.#times()}
        </div>
        <div class="row">
          ${
            path === null
              ? nothing
              : html`<a class="button" href=${path} download="${id}.mp4">
                  ${icon('download')} ${text.save}
                </a>`
          }
          <button
            type="button"
            class="danger"
            @click=${() => this.dispatchEvent(new VideoRemovedEvent(id))}
          >
            ${icon('trash')} ${text.remove}
          </button>
        </div>
      </article>
    `;
  }

  #renderView(path: string | null) {
    const { text } = this.#i18n;
    const { status, progress, thumbnail_url: thumbnail } = this.video;
    if (isRunning(this.video)) {
      return html`<progress-bar label=${text.statuses[status]} .done=${progress} .total=${100}>
        ${text.progress(progress)}
      </progress-bar>`;
    }
    if (path === null) return nothing;
    if (this.isGone) return html`<p class="muted">${text.gone}</p>`;
    return html`
      <video
        src=${path}
        .style=${`aspect-ratio: ${this.video.size.replace('x', ' / ')}`}
        poster=${ownMedia(thumbnail ?? '') ?? nothing}
        controls
        playsinline
        preload="metadata"
        @error=${() => (this.isGone = true)}
      ></video>
    `;
  }

  #reason({ code, message }: { readonly code: string; readonly message: string }): string {
    return errorText(new ApiError(500, code, message, null, null));
  }

  #times() {
    const { text } = this.#i18n;
    const { created_at: created, expires_at: expires } = this.video;
    return html`
      ${text.created(created * S)} ${expires === null ? nothing : text.expires(expires * S)}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'video-card': VideoCard;
  }
}
