/** A setting has another value; undefined takes the edit back. */
export class SettingEditedEvent extends Event {
  constructor(readonly value: unknown) {
    super('setting-edited', { bubbles: true, composed: true });
  }
}
