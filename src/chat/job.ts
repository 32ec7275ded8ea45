import type { ChatRequest } from '../contract/chat';
import type { AnswerHead } from './chunks';
import type { ThinkingStyle } from './shape';
import type { WatchLimits } from '../calls/watch';

/** What both ways of delivering an answer need besides the run. */
export interface AnswerJob {
  readonly request: ChatRequest;
  readonly head: AnswerHead;
  /** Read when it is needed: admission may have brought newer settings. */
  readonly limits: () => WatchLimits;
  readonly style: () => ThinkingStyle;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
}
