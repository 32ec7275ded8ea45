import type { Stage } from './call';
import type { Script } from './faults';

/** One request to the Grok site by a session that was let in. */
export interface GrokRequest {
  readonly stage: Stage;
  /** Value of the `sso` cookie. */
  readonly credential: string;
  readonly script: Script;
  readonly bodyText: string;
}
