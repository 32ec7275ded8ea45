import { Task } from '@lit/task';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type ModelKind, type UsableModel, usableModels } from '../api/public-models';
import { apiKey } from './api-key';
import { newestModel } from './newest-model';

/** Gives a page the models that this tab's key can call, and renders it again when the key changes. */
export class KeyModels implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #task: Task<readonly [string], readonly UsableModel[]>;

  constructor(host: ReactiveControllerHost, kinds: readonly ModelKind[]) {
    this.#host = host;
    this.#task = new Task(host, {
      args: () => [apiKey()] as const,
      task: async ([key], { signal }) => (key === '' ? [] : usableModels(key, kinds, signal)),
    });
    host.addController(this);
  }

  get list(): readonly UsableModel[] {
    return apiKey() === '' ? [] : (this.#task.value ?? []);
  }

  /** Why there is no list; null when there is one, or none is asked for. */
  get failure(): unknown {
    return apiKey() === '' ? null : (this.#task.error ?? null);
  }

  /** The model of this id, or else the newest that can serve now. */
  choose(id: string, fits: readonly UsableModel[] = this.list): UsableModel | null {
    return fits.find((model) => model.id === id) ?? newestModel(fits);
  }

  hostConnected(): void {
    window.addEventListener('api-key-changed', this.#changed);
  }

  hostDisconnected(): void {
    window.removeEventListener('api-key-changed', this.#changed);
  }

  readonly #changed = (): void => this.#host.requestUpdate();
}
