import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { chooseLanguage, language } from '../i18n/language';
import { Localize } from '../i18n/localize';
import { chooseTheme, theme, THEMES } from '../state/theme';
import { controls, shared } from '../theme/shared';
import { messages } from './messages';

/** Language and theme. */
@customElement('app-preferences')
export class AppPreferences extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .choices {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 0.5rem;
      }
      select {
        font-size: 0.875rem;
      }
    `,
  ];

  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    return html`
      <div class="choices">
        <select aria-label=${text.language} .value=${language()} @change=${this.#chooseLanguage}>
          <option value="en" lang="en" ?selected=${language() === 'en'}>English</option>
          <option value="zh" lang="zh" ?selected=${language() === 'zh'}>中文</option>
        </select>
        <select aria-label=${text.theme} @change=${this.#chooseTheme}>
          ${THEMES.map(
            (name) =>
              html`<option value=${name} ?selected=${theme() === name}>
                ${text.themes[name]}
              </option>`,
          )}
        </select>
      </div>
    `;
  }

  readonly #chooseLanguage = (event: Event): void => {
    const chosen = event.target instanceof HTMLSelectElement ? event.target.value : '';
    chooseLanguage(chosen === 'zh' ? 'zh' : 'en');
  };

  readonly #chooseTheme = (event: Event): void => {
    const chosen = event.target instanceof HTMLSelectElement ? event.target.value : '';
    chooseTheme(THEMES.find((name) => name === chosen) ?? 'system');
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'app-preferences': AppPreferences;
  }
}
